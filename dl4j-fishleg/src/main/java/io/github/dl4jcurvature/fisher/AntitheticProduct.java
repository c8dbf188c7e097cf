/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.List;

import io.github.dl4jcurvature.fisher.CapturingLoss.ErrorSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Central difference of the gradient at labels drawn at the present parameters,
 * \([\nabla \ell(\theta + h \hat v) - \nabla \ell(\theta - h \hat v)] |v| / (2 h)\).
 */
final class AntitheticProduct {
    private AntitheticProduct() {}

    static INDArray of(OutputPasses shadow, Perturbation perturbation, CurvatureBatch batch, LabelSampler sampler) {
        List<OutputDistribution> distributions = shadow.distributions();
        List<INDArray> means = shadow.outputMeans(batch);
        List<INDArray> labels = new ArrayList<>();
        for (int k = 0; k < distributions.size(); k++) {
            labels.add(distributions.get(k).sample(means.get(k), sampler)); // [rows, nOut]
        }
        List<ErrorSource> errors = OutputErrors.at(labels, distributions);
        INDArray ahead = gradientAt(perturbation, 1, batch, errors);
        INDArray behind = gradientAt(perturbation, -1, batch, errors);
        return ahead.subi(behind).muli(perturbation.slope() / batch.examples());
    }

    private static INDArray gradientAt(
            Perturbation perturbation, int sign, CurvatureBatch batch, List<ErrorSource> errors) {
        OutputPasses network = perturbation.at(sign);
        network.backpropagateFrom(batch, errors);
        return network.gradient().dup();
    }
}
