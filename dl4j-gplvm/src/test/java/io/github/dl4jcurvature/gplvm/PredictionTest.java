/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Expected activity from latents. */
class PredictionTest {
    private static final int TIMES = 60;
    private static final int NEURONS = 40;

    private static FittedGplvm small(Likelihood likelihood) {
        return ManifoldGplvm.builder(Manifold.circle())
                .likelihood(likelihood)
                .binWidth(0.5)
                .inducing(3)
                .samples(2)
                .iterations(20)
                .burnIn(10)
                .threads(1)
                .build()
                .fit(LayerCases.data(likelihood.isCount()).getLabels());
    }

    /** Times with the same latent, so that the average over times is one over many samples. */
    private static LatentEstimate same(FittedGplvm fitted, int times, double mean, double deviation) {
        FactorParameters factors = fitted.latentModel().factors();
        double[][] means = new double[times][];
        double[][] spreads = new double[times][];
        Arrays.setAll(means, t -> new double[] {mean});
        Arrays.setAll(spreads, t -> factors.isotropic(deviation));
        return new LatentEstimate(fitted.manifold(), factors, means, spreads);
    }

    /** The average of the tuning curves over a normal distribution by the trapezoidal rule. */
    private static INDArray quadrature(FittedGplvm fitted, double mean, double deviation) {
        List<double[]> points = new ArrayList<>();
        double[] weights = new double[601];
        for (int i = 0; i < weights.length; i++) {
            double z = 0.02 * (i - 300);
            points.add(new double[] {mean + deviation * z});
            weights[i] = 0.02 * Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
        }
        return fitted.tuningCurves(points)
                .observed()
                .mmul(Nd4j.createFromArray(weights).reshape(-1, 1));
    }

    /**
     * For one latent that is nearly sure the curve itself, for wide ones its average, here over 200 times 64 samples: differences of
     * at most 1.2e-5 and 2.6e-4, where averages and the curve at the mean differ by .014, .059 and .14.
     */
    @ParameterizedTest
    @EnumSource
    void predictionsAreTuningCurvesAveragedOverTheLatents(Likelihood likelihood) {
        FittedGplvm fitted = small(likelihood);
        INDArray curve = fitted.tuningCurves(List.of(new double[] {0.4})).observed();
        INDArray average = quadrature(fitted, 0.4, 1.2);
        assertThat(curve.sub(average).amaxNumber().doubleValue()).isGreaterThan(0.01);
        INDArray sure = fitted.predict(same(fitted, 3, 0.4, 0.0101));
        INDArray wide = fitted.predict(same(fitted, 200, 0.4, 1.2));
        assertThat(sure.shape()).containsExactly(3, LayerCases.NEURONS);
        assertThat(fitted.predict(same(fitted, 3, 0.4, 0.0101))).isEqualTo(sure);
        for (int n = 0; n < LayerCases.NEURONS; n++) {
            assertThat(sure.getDouble(1, n)).isCloseTo(curve.getDouble(n), within(1e-4));
            assertThat(wide.getColumn(n).meanNumber().doubleValue()).isCloseTo(average.getDouble(n), within(1e-3));
        }
    }

    /** Every second neuron of new times is not recorded; the others tell where the latents are. Error .09 of the variance. */
    @Test
    void neuronsThatAreNotRecordedArePredicted() {
        SyntheticNeurons neurons = SyntheticNeurons.draw(Manifold.circle(), NEURONS, 2 * TIMES, 3);
        FittedGplvm fitted = ManifoldGplvm.builder(Manifold.circle())
                .sharedKernel(true)
                .learningRate(0.08)
                .iterations(350)
                .threads(1)
                .build()
                .fit(rows(neurons.data(), 0, TIMES));
        INDArray later = rows(neurons.data(), TIMES, 2 * TIMES);
        INDArray rates = rows(neurons.rates(), TIMES, 2 * TIMES);
        for (int n = 0; n < NEURONS; n += 2) {
            later.getColumn(n).assign(Double.NaN);
        }
        INDArray predicted = fitted.predict(fitted.infer(later, HeldOutStart.GRID));
        assertThat(predicted.shape()).containsExactly(TIMES, NEURONS);
        double error = 0;
        double total = 0;
        INDArray mean = rates.mean(0);
        for (int t = 0; t < TIMES; t++) {
            for (int n = 0; n < NEURONS; n += 2) {
                error += Math.pow(predicted.getDouble(t, n) - rates.getDouble(t, n), 2);
                total += Math.pow(mean.getDouble(n) - rates.getDouble(t, n), 2);
            }
        }
        assertThat(error).isLessThan(0.2 * total);
    }

    private static INDArray rows(INDArray data, int from, int to) {
        return data.get(NDArrayIndex.interval(from, to), NDArrayIndex.all()).dup();
    }

    @Test
    void latentsOfOtherManifoldsAreRefused() {
        FittedGplvm fitted = small(Likelihood.GAUSSIAN);
        Manifold line = Manifold.euclidean(1);
        FactorParameters factors = new FactorParameters(line, TangentCovariance.FULL, 0.01);
        LatentEstimate other =
                new LatentEstimate(line, factors, new double[1][1], new double[][] {factors.isotropic(0.3)});
        assertThatThrownBy(() -> fitted.predict(other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("latents are of R1 but the model is of T1")
                .hasMessageContaining("infer or latents");
    }
}
