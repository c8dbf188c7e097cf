/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.testkit.CapturedLog;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static org.assertj.core.api.Assertions.assertThat;

/** Truncated back-propagation through time. */
class FishLegTruncationTest {
    private static final int EXAMPLES = 20;
    private static final int STEPS = 6;

    @RegisterExtension
    private final CapturedLog said = CapturedLog.of(CurvatureListener.class);

    @Test
    void everySegmentIsAStepAndOneWarningIsGiven() {
        MultiLayerNetwork network =
                network(FishLeg.builder().startAsSgd(0.1).updateEvery(2).build(), BackpropType.TruncatedBPTT);
        DataSet data = runningMeans();
        double before = network.score(data);
        for (int i = 0; i < 30; i++) {
            network.fit(data);
        }
        assertThat(network.getIterationCount()).isEqualTo(60); // two segments of three steps
        // the loss before, if nothing is learned
        assertThat(network.score(data)).isLessThan(0.5 * before);
        assertThat(said.messages())
                .singleElement()
                .asString()
                .contains("every segment after the first from a state of zero", "use BackpropType.Standard");
    }

    @Test
    void wholeSequencesAndOtherUpdatersAreNotWarnedOf() {
        network(new FishLeg(), BackpropType.Standard).fit(runningMeans());
        network(new Sgd(0.1), BackpropType.TruncatedBPTT).fit(runningMeans());
        assertThat(said.messages()).isEmpty();
    }

    private static MultiLayerNetwork network(IUpdater updater, BackpropType type) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.DOUBLE)
                .updater(updater)
                .list()
                .layer(new LSTM.Builder()
                        .nIn(2)
                        .nOut(4)
                        .activation(Activation.TANH)
                        .build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MSE)
                        .nIn(4)
                        .nOut(2)
                        .activation(Activation.IDENTITY)
                        .build())
                .backpropType(type)
                .tBPTTLength(STEPS / 2)
                .build());
        network.init();
        network.setListeners(new CurvatureListener());
        return network;
    }

    /** Gaussian inputs, shape [examples, 2, steps], and the mean of all inputs so far. */
    private static DataSet runningMeans() {
        INDArray x = RandomMatrices.gaussian(EXAMPLES, 2 * STEPS, 5).reshape('c', EXAMPLES, 2, STEPS);
        INDArray y = x.cumsum(2);
        for (int step = 0; step < STEPS; step++) {
            y.tensorAlongDimension(step, 0, 1).divi(step + 1.0);
        }
        return new DataSet(x, y);
    }
}
