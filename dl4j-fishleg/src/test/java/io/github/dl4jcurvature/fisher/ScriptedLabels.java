/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayDeque;
import java.util.Deque;

import io.github.dl4jcurvature.fisher.FisherOracle.Likelihood;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Sampler whose numbers lead to prescribed labels. */
final class ScriptedLabels implements LabelSampler {
    private final Deque<Double> numbers = new ArrayDeque<>();

    /** Adds the numbers that turn means into labels, both of shape [rows, nOut]. */
    ScriptedLabels draw(INDArray mean, INDArray labels, Likelihood likelihood) {
        for (long row = 0; row < mean.size(0); row++) {
            double below = 0;
            for (long k = 0; k < mean.size(1); k++) {
                double p = mean.getDouble(row, k);
                double y = labels.getDouble(row, k);
                switch (likelihood) {
                    case CATEGORICAL -> {
                        if (y == 1) {
                            numbers.add(below + p / 2);
                        }
                        below += p;
                    }
                    case BERNOULLI -> numbers.add(y == 1 ? p / 2 : (1 + p) / 2);
                    case MEAN_SQUARED, SQUARED -> numbers.add((y - p) * Math.sqrt(likelihood.weight(p, mean.size(1))));
                }
            }
        }
        return this;
    }

    @Override
    public double nextUniform() {
        return numbers.remove();
    }

    @Override
    public double nextGaussian() {
        return numbers.remove();
    }
}
