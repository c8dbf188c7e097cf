/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.learning.config.Adam;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class AfterPruningTest {

    @Test
    void batchNormalisationGetsTheStatisticsOfAllExamplesTogether() {
        DataSet data = PrunableCases.data(1);
        MultiLayerNetwork network = PrunableCases.normalised(new Adam(0.01));
        network.fit(data);
        ComputationGraph graph = network.toComputationGraph();
        INDArray before = network.params().dup();

        BatchNormalizationStatistics.refresh(network, new ViewIterator(data, 7));
        BatchNormalizationStatistics.refresh(graph, new ViewIterator(data, 7));

        INDArray hidden = network.feedForward(data.getFeatures(), false).get(1);
        for (Layer layer : new Layer[] {network.getLayer(1), graph.getLayers()[1]}) {
            assertThatMatrix(layer.getParam("mean").reshape(8)).isWithinRelativeFrobenius(hidden.mean(0), 1e-12);
            // population variance, in the host's log10 of the standard deviation
            INDArray deviation = hidden.std(false, 0);
            for (int i = 0; i < 8; i++) {
                assertThat(Math.pow(10, layer.getParam("log10stdev").getDouble(i)))
                        .isCloseTo(deviation.getDouble(i), within(1e-10));
            }
        }
        long statistics = network.getLayer(1).getParam("mean").length() * 2;
        INDArray changed = network.params().neq(before);
        assertThat(changed.castTo(before.dataType()).sumNumber().longValue()).isEqualTo(statistics);
    }

    @Test
    void theScanTakesTheDampingOfTheBestCopyAndLeavesTheNetwork() {
        DataSet data = PrunableCases.data(1);
        MultiLayerNetwork network = PrunableCases.dense(new Adam(0.01));
        INDArray before = network.params().dup();

        DampingScan scan = DampingScan.of(
                network,
                PrunableCases.iterator(data),
                damping -> PrunableCases.options(0.5)
                        .importance(Importance.inverse(new BlockInverse(8, damping, 60)))
                        .compensation(Compensation.joint(new BlockInverse(8, damping, 60)))
                        .build(),
                copy -> -copy.score(PrunableCases.data(2)),
                1e-6,
                1e-2,
                10);

        assertThat(scan.results()).hasSize(3);
        double best = scan.results().stream()
                .mapToDouble(DampingScan.Result::quality)
                .max()
                .orElseThrow();
        assertThat(scan.results()).contains(new DampingScan.Result(scan.best(), best));
        assertThatMatrix(network.params()).isBitEqualTo(before);
        assertThat(Sparsity.of(network).zeros()).isEqualTo(11); // the biases of a fresh network
        assertThatThrownBy(() -> DampingScan.of(
                        network.toComputationGraph(),
                        PrunableCases.iterator(data),
                        damping -> PruningOptions.builder().build(),
                        copy -> 0))
                .hasMessageContaining("dampings is empty");
    }
}
