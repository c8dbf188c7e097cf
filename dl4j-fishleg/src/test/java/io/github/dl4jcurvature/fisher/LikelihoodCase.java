/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.List;

import io.github.dl4jcurvature.fisher.FisherEstimator.Method;
import io.github.dl4jcurvature.fisher.FisherOracle.Likelihood;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A network so small that all labels can be enumerated, with the likelihood of each output. */
record LikelihoodCase(NetworkCase network, List<Likelihood> likelihoods) {

    /** Labels of all outputs with their probability. */
    private record Draw(double probability, List<INDArray> labels) {}

    CurvatureBatch batch() {
        return network.batch();
    }

    long parameters() {
        return network.model().numParams();
    }

    FisherEstimator estimator(Method method) {
        return FisherEstimator.builder(network.model()).method(method).build();
    }

    void clearUntrained(INDArray v) {
        ShadowNetwork.of(network.model()).layout().clearUntrained(v);
    }

    /** F v of the trained parameters by the independent oracle. */
    INDArray explicitProduct(INDArray v) {
        INDArray product = FisherOracle.product(network, likelihoods, v);
        clearUntrained(product);
        return product;
    }

    /** The expectation of the sampled product over all labels. */
    INDArray averageOverAllLabels(Method method, INDArray v) {
        List<INDArray> means = ShadowNetwork.of(network.model()).outputMeans(batch());
        FisherEstimator estimator = estimator(method);
        INDArray average = Nd4j.zeros(DataType.DOUBLE, parameters());
        for (Draw draw : draws(means)) {
            ScriptedLabels script = new ScriptedLabels();
            for (int k = 0; k < means.size(); k++) {
                script.draw(means.get(k), draw.labels().get(k), likelihoods.get(k));
            }
            average.addi(estimator.product(batch(), v, script).mul(draw.probability()));
        }
        return average;
    }

    private List<Draw> draws(List<INDArray> means) {
        List<INDArray> empty = means.stream().map(Nd4j::zerosLike).toList();
        List<Draw> draws = List.of(new Draw(1, empty));
        for (int k = 0; k < means.size(); k++) {
            for (long row = 0; row < means.get(k).size(0); row++) {
                draws = likelihoods.get(k) == Likelihood.CATEGORICAL
                        ? withEachClass(draws, k, row, means.get(k))
                        : withBothValues(draws, k, row, means.get(k));
            }
        }
        return draws;
    }

    private static List<Draw> withEachClass(List<Draw> draws, int output, long row, INDArray mean) {
        List<Draw> extended = new ArrayList<>();
        for (Draw draw : draws) {
            for (long k = 0; k < mean.size(1); k++) {
                extended.add(with(draw, output, row, k, 1, mean.getDouble(row, k)));
            }
        }
        return extended;
    }

    /** Both values of a Bernoulli output; for a Gaussian one the two points that share its first two moments. */
    private List<Draw> withBothValues(List<Draw> draws, int output, long row, INDArray mean) {
        List<Draw> extended = draws;
        for (long k = 0; k < mean.size(1); k++) {
            double m = mean.getDouble(row, k);
            boolean bernoulli = likelihoods.get(output) == Likelihood.BERNOULLI;
            double deviation =
                    bernoulli ? 0 : 1 / Math.sqrt(likelihoods.get(output).weight(m, mean.size(1)));
            List<Draw> next = new ArrayList<>();
            for (Draw draw : extended) {
                next.add(with(draw, output, row, k, bernoulli ? 1 : m + deviation, bernoulli ? m : 0.5));
                next.add(with(draw, output, row, k, bernoulli ? 0 : m - deviation, bernoulli ? 1 - m : 0.5));
            }
            extended = next;
        }
        return extended;
    }

    private static Draw with(Draw draw, int output, long row, long k, double value, double probability) {
        List<INDArray> labels = new ArrayList<>(draw.labels());
        labels.set(output, labels.get(output).dup().putScalar(row, k, value));
        return new Draw(draw.probability() * probability, labels);
    }

    @Override
    public String toString() {
        return network.name();
    }
}
