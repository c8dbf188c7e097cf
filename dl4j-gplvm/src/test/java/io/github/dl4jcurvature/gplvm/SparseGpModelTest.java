/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class SparseGpModelTest {
    private static final Manifold RING = Manifold.circle();
    private static final int NEURONS = 3;
    private static final int TIMES = 12;
    private static final int INDUCING = 4;
    private static final KernelSettings KERNEL = new KernelSettings(KernelFamily.SQUARED_EXPONENTIAL, false, 1e-8);

    private static SparseGpModel model(Likelihood likelihood, boolean shared, boolean collapsed) {
        return new SparseGpModel(RING, NEURONS, INDUCING, KERNEL, shared, likelihood, 1, collapsed);
    }

    @Test
    void parametersOfLikelihoodsHaveARowForAKernelOrForANeuronThatCounts() {
        assertThat(model(Likelihood.GAUSSIAN, false, true))
                .returns(NEURONS, SparseGpModel::likelihoodRows)
                .returns(1, SparseGpModel::likelihoodColumns)
                .returns(10, SparseGpModel::packedFactor);
        assertThat(model(Likelihood.GAUSSIAN, true, true)).returns(1, SparseGpModel::likelihoodRows);
        assertThat(model(Likelihood.POISSON, true, false))
                .returns(NEURONS, SparseGpModel::likelihoodRows)
                .returns(1, SparseGpModel::likelihoodColumns);
        assertThat(model(Likelihood.NEGATIVE_BINOMIAL, true, false)).returns(2, SparseGpModel::likelihoodColumns);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-3, 0.7, 29.9, 30, 30.1, 400})
    void softplusHasAnInverse(double value) {
        assertThat(SparseGpModel.softplus(SparseGpModel.softplusInverse(value)))
                .isCloseTo(value, within(1e-12 * Math.max(1, value)));
    }

    /**
     * For one sample the variational bound at the posteriors that maximise it is the collapsed bound (Titsias, AISTATS 2009), both for
     * complete neurons and for one with a gap. Posteriors elsewhere have a lower one.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void optimalPosteriorsReachTheCollapsedBound(boolean shared) {
        SplittableRandom random = new SplittableRandom(5);
        SparseGpModel collapsed = model(Likelihood.GAUSSIAN, shared, true);
        SparseGpModel conditional = collapsed.conditional();
        SparseGpParameters raw = SparseGpParameters.zeros(collapsed);
        for (double[] inducing : raw.inducing()) {
            for (int i = 0; i < inducing.length; i++) {
                inducing[i] = 2 * Math.PI * i / inducing.length + 0.1 * random.nextGaussian();
            }
        }
        for (double[] noise : raw.likelihood()) {
            noise[0] = Math.log(0.5);
        }
        double[][] points = new double[TIMES][];
        double[][] values = new double[NEURONS][TIMES];
        for (int t = 0; t < TIMES; t++) {
            points[t] = RING.randomPoint(random);
            for (int n = 0; n < NEURONS; n++) {
                values[n][t] = Math.cos(points[t][0] - n) + 0.3 * random.nextGaussian();
            }
        }
        values[1][3] = Double.NaN;
        Observations data = new Observations(values, TIMES);
        double[][][] samples = {points};

        collapsed.optimalPosteriors(raw, data, points, 1);

        double expected = collapsed.values(raw, data, samples, 1)[0];
        double reached = conditional.values(raw, data, samples, 1)[0] - conditional.divergence(raw);
        assertThat(reached).isCloseTo(expected, within(1e-9 * Math.abs(expected)));
        double[][] means = raw.mean();
        double[][] factors = raw.factor();
        for (int n = 0; n < NEURONS; n++) {
            for (double[] part : new double[][] {means[n], factors[n]}) {
                for (int i = 0; i < part.length; i++) {
                    double kept = part[i];
                    part[i] = kept + 0.01;
                    assertThat(conditional.values(raw, data, samples, 1)[0] - conditional.divergence(raw))
                            .isLessThan(reached);
                    part[i] = kept;
                }
            }
        }
    }

    @Test
    void partsOfNeuronsHaveTheirOwnRowsAndWhatAllShare() {
        SparseGpParameters own = SparseGpParameters.zeros(model(Likelihood.GAUSSIAN, false, true));
        SparseGpParameters shared = SparseGpParameters.zeros(model(Likelihood.GAUSSIAN, true, true));
        for (int n = 0; n < NEURONS; n++) {
            own.variance()[n][0] = n;
            own.mean()[n][1] = 10 + n;
            shared.mean()[n][1] = 20 + n;
        }
        shared.variance()[0][0] = 7;
        int[] some = {2, 0};
        assertThat(own.ofNeurons(some).variance()).isDeepEqualTo(new double[][] {{2}, {0}});
        assertThat(own.ofNeurons(some).mean()).isDeepEqualTo(new double[][] {{0, 12, 0, 0}, {0, 10, 0, 0}});
        assertThat(shared.ofNeurons(some).variance()).isDeepEqualTo(new double[][] {{7}});
        assertThat(shared.ofNeurons(some).mean()).isDeepEqualTo(new double[][] {{0, 22, 0, 0}, {0, 20, 0, 0}});
        own.ofNeurons(some).mean()[0][0] = 99; // a copy
        assertThat(own.mean()[2][0]).isZero();
    }
}
