/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.List;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Generalised Gauss-Newton product by the difference of means: for canonical links \(H_\ell J v = c \, \partial \mu /
 * \partial v\), so \(F v = \frac1N \sum_n J_n^\top c \, \dot\mu_n\) takes two forward passes and one backward pass.
 */
final class GaussNewtonProduct {
    private GaussNewtonProduct() {}

    static INDArray of(OutputPasses shadow, Perturbation perturbation, CurvatureBatch batch) {
        List<OutputDistribution> distributions = shadow.distributions();
        List<INDArray> ahead = perturbation.at(1).outputMeans(batch); // [rows, nOut] each
        List<INDArray> behind = perturbation.at(-1).outputMeans(batch);
        double scale = perturbation.slope() / batch.examples();
        List<INDArray> errors = new ArrayList<>();
        for (int k = 0; k < distributions.size(); k++) {
            INDArray change = ahead.get(k).subi(behind.get(k));
            errors.add(distributions.get(k).curvatureOf(change).muli(scale));
        }
        shadow.backpropagate(batch, errors);
        return shadow.gradient().dup();
    }
}
