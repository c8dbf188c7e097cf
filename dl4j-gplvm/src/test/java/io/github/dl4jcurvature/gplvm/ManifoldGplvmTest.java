/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Whole fits of data whose latents are known. */
class ManifoldGplvmTest {
    private static final int NEURONS = 50;
    private static final int TIMES = 50;

    private static ManifoldGplvm.Builder ring() {
        return ManifoldGplvm.builder(Manifold.circle())
                .sharedKernel(true)
                .learningRate(0.08)
                .threads(1);
    }

    /** Fits of these seeds reached .9875 to .9977, with errors of .05 to .13 rad. */
    @Test
    void ringsAreFoundInFiveOfSixSeeds() {
        int found = 0;
        for (long seed = 1; seed <= 6; seed++) {
            SyntheticNeurons neurons = SyntheticNeurons.draw(Manifold.circle(), NEURONS, TIMES, seed);
            FittedGplvm fitted = ring().seed(seed).build().fit(neurons.data());
            LatentAlignment alignment =
                    LatentAlignment.of(Manifold.circle(), fitted.latents().means(), neurons.latents());
            found += alignment.agreement() >= 0.98 && alignment.meanError() <= 0.15 ? 1 : 0;
        }
        assertThat(found).isGreaterThanOrEqualTo(5);
    }

    @Test
    void fittedRingExplainsItselfAndNewTimes(@TempDir Path directory) throws IOException {
        SyntheticNeurons neurons = SyntheticNeurons.draw(Manifold.circle(), NEURONS, 2 * TIMES, 3);
        INDArray first = rows(neurons.data(), 0, TIMES);
        INDArray second = rows(neurons.data(), TIMES, 2 * TIMES);
        FittedGplvm fitted = ring().build().fit(first);

        double evidence = fitted.evidencePerTime();
        double few = fitted.importanceWeightedLogLikelihood(20, 1);
        double many = fitted.importanceWeightedLogLikelihood(400, 1);
        assertThat(few).isGreaterThan(evidence - 0.2);
        assertThat(many).isGreaterThan(evidence);

        TuningCurves curves = fitted.tuningCurves(Manifold.circle().grid(30));
        assertThat(curves.mean().shape()).containsExactly(NEURONS, 30);
        assertThat(curves.observed()).isEqualTo(curves.mean());
        assertThat(curves.deviation().minNumber().doubleValue()).isGreaterThanOrEqualTo(0);

        LatentEstimate of = fitted.infer(second, HeldOutStart.GRID);
        INDArray together = Nd4j.vstack(fitted.latents().means(), of.means());
        LatentAlignment alignment = LatentAlignment.of(Manifold.circle(), together, neurons.latents());
        assertThat(alignment.agreement()).isGreaterThan(0.97);
        assertThat(of.deviations().shape()).containsExactly(TIMES, 1);

        File file = directory.resolve("ring.zip").toFile();
        fitted.network().save(file, true);
        FittedGplvm restored = FittedGplvm.of(MultiLayerNetwork.load(file, true), first);
        assertThat(restored.evidencePerTime()).isEqualTo(evidence);
        assertThat(restored.latents().means()).isEqualTo(fitted.latents().means());
    }

    private static INDArray rows(INDArray data, int from, int to) {
        return data.get(NDArrayIndex.interval(from, to), NDArrayIndex.all()).dup();
    }

    @Test
    void ringsAreFoundInCounts() {
        SyntheticNeurons neurons = SyntheticNeurons.draw(Manifold.circle(), NEURONS, TIMES, 2);
        FittedGplvm fitted = ManifoldGplvm.builder(Manifold.circle())
                .likelihood(Likelihood.POISSON)
                .sharedKernel(true)
                .learningRate(0.08)
                .restarts(3)
                .threads(1)
                .build()
                .fit(neurons.counts(4, 5));
        LatentAlignment alignment =
                LatentAlignment.of(Manifold.circle(), fitted.latents().means(), neurons.latents());
        assertThat(alignment.agreement()).isGreaterThan(0.9);
    }

    @Test
    void ringsAreFoundWithAFifthOfTheDataMissing() {
        SyntheticNeurons neurons = SyntheticNeurons.draw(Manifold.circle(), NEURONS, TIMES, 4);
        INDArray holes = neurons.data().dup();
        for (int t = 0; t < TIMES; t++) {
            for (int n = t % 5; n < NEURONS; n += 5) {
                holes.putScalar(t, n, Double.NaN);
            }
        }
        FittedGplvm fitted = ring().seed(4).build().fit(holes);
        LatentAlignment alignment =
                LatentAlignment.of(Manifold.circle(), fitted.latents().means(), neurons.latents());
        assertThat(alignment.agreement()).isGreaterThan(0.97);
    }

    @Test
    void aRingIsTakenForARingAndNotForALine() {
        SyntheticNeurons neurons = SyntheticNeurons.draw(Manifold.circle(), NEURONS, 2 * TIMES, 6);
        TopologyComparison comparison = TopologyCrossValidation.builder()
                .splits(2)
                .likelihoodSamples(100)
                .model(model -> model.sharedKernel(true).learningRate(0.08).iterations(400))
                .build()
                .compare(neurons.data(), List.of(Manifold.euclidean(1), Manifold.circle()));
        assertThat(comparison.byError()).isEqualTo(Manifold.circle());
        assertThat(comparison.byLikelihood()).isEqualTo(Manifold.circle());
        assertThat(comparison.scores()).hasSize(4);
        assertThat(comparison.toMarkdown()).contains("| T1 |").contains("| R1 |");
        assertThat(comparison.toCsv().lines()).hasSize(5);
        double floor = neurons.data().sub(neurons.rates()).norm2Number().doubleValue();
        assertThat(comparison.mean(Manifold.circle(), HeldOutScore::meanSquaredError))
                .isGreaterThan(0.9 * floor * floor / neurons.data().length())
                .isLessThan(1.6 * floor * floor / neurons.data().length());
    }

    @Test
    void fitsDoNotDependOnThreads() {
        SyntheticNeurons neurons = SyntheticNeurons.draw(Manifold.circle(), 6, 20, 1);
        ManifoldGplvm.Builder builder = ManifoldGplvm.builder(Manifold.circle())
                .iterations(20)
                .burnIn(5)
                .inducing(5);
        FittedGplvm one = builder.threads(1).build().fit(neurons.data());
        FittedGplvm three = builder.threads(3).build().fit(neurons.data());
        assertThat(three.latents().means()).isEqualTo(one.latents().means());
        assertThat(three.evidencePerTime()).isCloseTo(one.evidencePerTime(), within(0.0));
    }

    @Test
    void dataThatCannotBeFittedIsRefused() {
        ManifoldGplvm model = ManifoldGplvm.builder(Manifold.circle())
                .inducing(5)
                .iterations(2)
                .build();
        INDArray data = SyntheticNeurons.draw(Manifold.circle(), 4, 10, 1).data();
        assertThatThrownBy(() -> model.fit(data.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 1))
                        .dup()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 neuron");
        INDArray row = data.dup();
        for (int n = 0; n < 4; n++) {
            row.putScalar(3, n, Double.NaN);
        }
        assertThatThrownBy(() -> model.fit(row)).hasMessageContaining("row 3");
        assertThatThrownBy(
                        () -> ManifoldGplvm.builder(Manifold.circle()).build().fit(data))
                .hasMessageContaining("inducing is 15")
                .hasMessageContaining("10");
        assertThatThrownBy(() -> ManifoldGplvm.builder(Manifold.circle()).learningRate(Double.NaN))
                .hasMessageContaining("learningRate");
    }
}
