/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.github.dl4jcurvature.fisher.CurvatureListener;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class FishLegMetricsTest {

    @Test
    void recordsWhatFishLegDoesAndChangesNothing(@TempDir Path directory) throws Exception {
        FishLeg updater = FishLeg.builder()
                .updateEvery(3)
                .weightDecay(0)
                .momentum(0)
                .startAsSgd(0.02)
                .learningRate(0.1)
                .build();
        MultiLayerNetwork watched = TestNetworks.classifier(updater.clone());
        MultiLayerNetwork alone = TestNetworks.classifier(updater.clone());
        FishLegMetrics metrics = new FishLegMetrics();
        watched.setListeners(new CurvatureListener(), metrics);
        alone.setListeners(new CurvatureListener());
        INDArray before = watched.params().dup();
        TestNetworks.fit(watched, 1);
        INDArray step = watched.params().sub(before);
        TestNetworks.fit(watched, 6);
        TestNetworks.fit(alone, 1);
        TestNetworks.fit(alone, 6);

        assertThatMatrix(watched.params()).isBitEqualTo(alone.params());
        List<FishLegMetrics.Entry> entries = metrics.entries();
        assertThat(entries).extracting(FishLegMetrics.Entry::iteration).containsExactly(0, 1, 2, 3, 4, 5, 6);
        assertThat(entries)
                .extracting(FishLegMetrics.Entry::auxiliarySteps)
                .containsExactly(0L, 0L, 0L, 1L, 1L, 1L, 2L);
        // the first step is that of gradient descent with the rate 0.02, and Q = 0.2 I
        assertThat(entries.get(0).stepToGradient()).isCloseTo(0.02, within(1e-12));
        assertThat(step.norm2Number().doubleValue()).isPositive();
        assertThat(entries.get(0).trace()).isCloseTo(0.2 * watched.numParams(), within(1e-9));
        assertThat(entries.get(0).auxiliaryLoss()).isNaN();
        assertThat(entries.get(3).auxiliaryLoss()).isFinite();
        assertThat(entries.get(3).relativeResidual()).isBetween(0.0, 2.0);
        assertThat(entries.get(6).trace()).isNotEqualTo(entries.get(0).trace());
        assertThat(entries).allMatch(entry -> entry.stepBoundFactor() == 1 && entry.skippedSteps() == 0);

        Path file = directory.resolve("metrics.csv");
        metrics.writeCsv(file);
        assertThat(Files.readAllLines(file)).hasSize(8);
        assertThat(Files.readAllLines(file).get(4))
                .isEqualTo("3,1,0,%s,%s,%s,%s,1.0"
                        .formatted(
                                entries.get(3).auxiliaryLoss(),
                                entries.get(3).relativeResidual(),
                                entries.get(3).trace(),
                                entries.get(3).stepToGradient()));
    }

    @Test
    void recordsGraphsAtAFrequency() {
        ComputationGraph graph =
                LayerCases.NORMALISED.graph(FishLeg.builder().updateEvery(2).build());
        FishLegMetrics metrics = new FishLegMetrics(2);
        graph.setListeners(new CurvatureListener(), metrics);
        for (int i = 0; i < 5; i++) {
            graph.fit(LayerCases.NORMALISED.batch(i));
        }
        assertThat(metrics.entries())
                .extracting(FishLegMetrics.Entry::iteration)
                .containsExactly(0, 2, 4);
    }

    @Test
    void misuseIsNamed() {
        assertThatThrownBy(() -> new FishLegMetrics(0)).hasMessageContaining("frequency must be at least 1");
        MultiLayerNetwork plain = TestNetworks.classifier(new Sgd(0.1));
        plain.setListeners(new FishLegMetrics());
        assertThatThrownBy(() -> TestNetworks.fit(plain, 1))
                .hasMessageContaining("no layer of the network is trained by FishLeg");
    }
}
