/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.List;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Monte Carlo Fisher product \(\frac1N \sum_n s_n g_n\), \(s_n = g_n \cdot v\), at sampled labels, with one weight per
 * example.
 *
 * <p>If all layers are captured and keep examples apart the weights are exact, and since errors are linear in the output
 * error of their own example the product is the sum over layers of \(a^\top (s \, e)\): a single pass. If not, an
 * example's gradient may depend on others (batch normalisation), and \(s_n = e_n \cdot J_n v\) is taken from the change of the output
 * pre-activations along v; the weighted output errors are then propagated back.
 */
final class MonteCarloProduct {
    private MonteCarloProduct() {}

    static INDArray of(OutputPasses shadow, Perturbation perturbation, CurvatureBatch batch, LabelSampler sampler) {
        return shadow.keepsExamplesApart()
                ? fromFactors(shadow, perturbation.direction(), batch, sampler)
                : fromDifferences(shadow, perturbation, batch, sampler);
    }

    private static INDArray fromFactors(OutputPasses shadow, INDArray v, CurvatureBatch batch, LabelSampler sampler) {
        List<LayerFactors> factors =
                shadow.withErrorsFrom(batch, OutputErrors.sampled(shadow.distributions(), sampler));
        INDArray weights = Nd4j.zeros(v.dataType(), batch.examples()); // [N]
        for (LayerFactors layer : factors) {
            weights.addi(layer.directionalDerivatives(key -> shadow.view(v, layer.layer(), key)));
        }
        weights.divi(batch.examples());
        INDArray product = Nd4j.zeros(v.dataType(), v.length());
        for (LayerFactors layer : factors) {
            LayerFactors weighted = layer.weightedBy(weights);
            for (String key : weighted.parameterKeys()) {
                shadow.view(product, layer.layer(), key).assign(weighted.gradient(key));
            }
        }
        return product;
    }

    private static INDArray fromDifferences(
            OutputPasses shadow, Perturbation perturbation, CurvatureBatch batch, LabelSampler sampler) {
        List<OutputDistribution> distributions = shadow.distributions();
        List<INDArray> present = shadow.preActivations(batch); // [rows, nOut] each
        List<INDArray> ahead = perturbation.at(1).preActivations(batch);
        List<INDArray> behind = perturbation.at(-1).preActivations(batch);
        List<INDArray> errors = new ArrayList<>();
        INDArray weights = Nd4j.zeros(perturbation.direction().dataType(), batch.examples()); // [N]
        for (int k = 0; k < distributions.size(); k++) {
            INDArray mean = distributions.get(k).mean(present.get(k));
            INDArray error =
                    distributions.get(k).error(mean, distributions.get(k).sample(mean, sampler));
            INDArray change = ahead.get(k).subi(behind.get(k)).muli(error).sum(1); // [rows]
            weights.addi(change.reshape('c', change.length() / batch.examples(), batch.examples())
                    .sum(0));
            errors.add(error);
        }
        weights.muli(perturbation.slope() / batch.examples());
        for (INDArray error : errors) {
            error.muliColumnVector(perRow(weights, error.size(0)));
        }
        shadow.backpropagate(batch, errors);
        return shadow.gradient().dup();
    }

    /** Weights of rows whose example index runs fastest. */
    private static INDArray perRow(INDArray weights, long rows) {
        return weights.reshape(1, weights.length())
                .broadcast(rows / weights.length(), weights.length())
                .dup('c')
                .reshape(rows);
    }
}
