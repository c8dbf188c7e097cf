/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import org.apache.commons.math3.stat.StatUtils;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * On average the importance-weighted log likelihood is the evidence lower bound with one sample and rises with their number (Burda,
 * Grosse and Salakhutdinov, ICLR 2016).
 */
class ImportanceWeightsTest {
    private static final int SEEDS = 2000;

    /** Of a time, with these seeds: -3.355, -3.314, -3.299 nats for Gaussian noise, each known to within .003. */
    private static double[] values(FittedGplvm fitted, int samples) {
        double[] values = new double[SEEDS];
        for (int seed = 0; seed < SEEDS; seed++) {
            values[seed] = fitted.importanceWeightedLogLikelihood(samples, seed);
        }
        return values;
    }

    private static double error(double[] values) {
        return Math.sqrt(StatUtils.variance(values) / values.length);
    }

    @ParameterizedTest
    @EnumSource(
            value = Likelihood.class,
            names = {"GAUSSIAN", "POISSON"})
    void likelihoodsRiseWithTheNumberOfSamplesFromTheEvidence(Likelihood likelihood) {
        FittedGplvm fitted = ManifoldGplvm.builder(Manifold.circle())
                .likelihood(likelihood)
                .inducing(3)
                .samples(2)
                .iterations(40)
                .burnIn(20)
                .threads(1)
                .build()
                .fit(LayerCases.data(likelihood.isCount()).getLabels());
        double[] before = values(fitted, 1);
        double evidence = fitted.evidencePerTime(20_000);
        assertThat(StatUtils.mean(before)).isCloseTo(evidence, within(5 * error(before)));
        for (int samples : new int[] {4, 16}) {
            double[] after = values(fitted, samples);
            double rise = StatUtils.mean(after) - StatUtils.mean(before);
            assertThat(rise).as("to %d samples", samples).isGreaterThan(4 * Math.hypot(error(before), error(after)));
            before = after;
        }
    }
}
