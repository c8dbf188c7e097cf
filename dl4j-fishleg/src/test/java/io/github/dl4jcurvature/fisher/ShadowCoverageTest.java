/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import io.github.dl4jcurvature.testkit.CapturedLog;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;

/** What happens to layers that yield no factors: named, and their gradient is the host's. */
class ShadowCoverageTest {
    @RegisterExtension
    private final CapturedLog said = CapturedLog.of(ShadowNetwork.class);

    private static final int N = 4;

    record Partial(String layer, MultiLayerNetwork network, CurvatureBatch batch) {
        @Override
        public String toString() {
            return layer;
        }
    }

    static Stream<Partial> partlyCapturedNetworks() {
        return Stream.of(
                dense("batch normalisation", new BatchNormalization.Builder().build()),
                dense(
                        "layer normalisation",
                        new DenseLayer.Builder().nOut(3).hasLayerNorm(true).build()),
                dense("PReLU", new PReLULayer.Builder().inputShape(3).build()),
                recurrent(
                        "zeros masked",
                        new MaskZeroLayer(new LSTM.Builder().nIn(3).nOut(3).build(), 0)));
    }

    @ParameterizedTest
    @MethodSource("partlyCapturedNetworks")
    void namesLayersWithoutFactorsAndKeepsTheirGradient(Partial partial) {
        NetworkCase network = new NetworkCase(partial.layer(), partial.network(), partial.batch());
        ShadowNetwork shadow = ShadowNetwork.of(partial.network());

        List<LayerFactors> factors = shadow.withLabels(partial.batch());

        assertThat(shadow.uncapturedLayers()).containsExactly(partial.layer());
        assertThat(factors).extracting(LayerFactors::layer).containsExactly("below", "above");
        assertThatMatrix(shadow.gradient()).isWithinRelativeFrobenius(network.hostGradient(), 1e-13);
    }

    /** Inputs and errors of the gates make up their gradient; peepholes have none. */
    @Test
    @SuppressWarnings("deprecation") // the host deprecates its LSTM with peepholes
    void peepholesAreLeftOut() {
        Partial partial =
                recurrent("peepholes", new GravesLSTM.Builder().nOut(3).build());
        ShadowNetwork shadow = ShadowNetwork.of(partial.network());

        List<LayerFactors> factors = shadow.withLabels(partial.batch());

        assertThat(shadow.uncapturedLayers()).containsExactly("peepholes");
        assertThat(factors).extracting(LayerFactors::layer).containsExactly("below", "peepholes", "above");
        INDArray gradient = shadow.layout().view(shadow.gradient(), "peepholes", "RW"); // [3, 15]
        assertThatMatrix(factors.get(1).gradient("RW"))
                .isWithinRelativeFrobenius(gradient.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 12)), 1e-13);
        assertThatMatrix(factors.get(1).gradient("W"))
                .isWithinRelativeFrobenius(shadow.layout().view(shadow.gradient(), "peepholes", "W"), 1e-13);
        assertThatMatrix(factors.get(1).gradient("b").reshape(1, 12))
                .isWithinRelativeFrobenius(
                        shadow.layout()
                                .view(shadow.gradient(), "peepholes", "b")
                                .reshape(1, 12),
                        1e-13);
    }

    @Test
    void leavesOutFrozenLayersAndWhatLiesBelow() {
        Partial frozen =
                dense("frozen", new FrozenLayer(new DenseLayer.Builder().nOut(3).build()));
        ShadowNetwork shadow = ShadowNetwork.of(frozen.network());

        List<LayerFactors> factors = shadow.withLabels(frozen.batch());

        assertThat(shadow.uncapturedLayers()).isEmpty();
        assertThat(factors).extracting(LayerFactors::layer).containsExactly("above");
        assertThatMatrix(shadow.gradient())
                .isWithinRelativeFrobenius(
                        new NetworkCase("frozen", frozen.network(), frozen.batch()).hostGradient(), 1e-13);
    }

    /** A loss without parameters: labels go the host's way. */
    @Test
    void ownLabelsWorkWithAnyLossLayer() {
        MultiLayerNetwork network = new MultiLayerNetwork(NetworkCases.builder(DataType.DOUBLE)
                .list()
                .layer(new DenseLayer.Builder()
                        .nOut(3)
                        .activation(Activation.TANH)
                        .build())
                .layer(new LossLayer.Builder(LossFunction.L1).build())
                .setInputType(InputType.feedForward(3))
                .build());
        network.init();
        CurvatureBatch batch = labelled(random(N, 3), random(N, 3));
        ShadowNetwork shadow = ShadowNetwork.of(network);

        shadow.withLabels(batch);

        assertThatMatrix(shadow.gradient())
                .isWithinRelativeFrobenius(new NetworkCase("loss", network, batch).hostGradient(), 1e-13);
    }

    @Test
    void randomisedRectifiersTakeTheirTestTimeForm() {
        Partial random = dense(
                "rectifier",
                new DenseLayer.Builder()
                        .nOut(3)
                        .activation(new ActivationRReLU(0.1, 0.3))
                        .build());
        Partial fixed = dense(
                "rectifier",
                new DenseLayer.Builder()
                        .nOut(3)
                        .activation(new ActivationLReLU(0.2))
                        .build());
        fixed.network().setParams(random.network().params());
        ShadowNetwork shadow = ShadowNetwork.of(random.network());

        shadow.withLabels(random.batch());

        assertThatMatrix(shadow.gradient())
                .isWithinRelativeFrobenius(
                        new NetworkCase("fixed", fixed.network(), fixed.batch()).hostGradient(), 1e-13);
    }

    /** Hidden SameDiff layers have twice their true gradient in this version of the host. */
    @Test
    void warnsOnceOfHiddenSameDiffLayers() {
        MultiLayerNetwork network = new MultiLayerNetwork(NetworkCases.builder(DataType.DOUBLE)
                .list()
                .layer(new LocallyConnected2D.Builder()
                        .name("local")
                        .kernelSize(2, 2)
                        .nOut(2)
                        .build())
                .layer(NetworkCases.output(2, Activation.SOFTMAX, LossFunction.MCXENT))
                .setInputType(InputType.convolutional(3, 3, 1))
                .build());
        network.init();

        ShadowNetwork shadow = ShadowNetwork.of(network);
        ShadowNetwork.withOwnParameters(network);

        assertThat(shadow.uncapturedLayers()).containsExactly("local");
        assertThat(said.messages(Level.WARN))
                .singleElement()
                .satisfies(message -> assertThat(message).contains("doubles the gradient", "[local]"));
    }

    private static Partial dense(String name, Layer middle) {
        middle.setLayerName(name);
        MultiLayerNetwork network = new MultiLayerNetwork(NetworkCases.builder(DataType.DOUBLE)
                .list()
                .layer(new DenseLayer.Builder()
                        .name("below")
                        .nOut(3)
                        .activation(Activation.TANH)
                        .build())
                .layer(middle)
                .layer(above(NetworkCases.output(2, Activation.SIGMOID, LossFunction.XENT)))
                .setInputType(InputType.feedForward(3))
                .build());
        network.init();
        return new Partial(name, network, labelled(random(N, 3), random(N, 2)));
    }

    private static Partial recurrent(String name, Layer middle) {
        middle.setLayerName(name);
        MultiLayerNetwork network = new MultiLayerNetwork(NetworkCases.builder(DataType.DOUBLE)
                .list()
                .layer(new LSTM.Builder()
                        .name("below")
                        .nOut(3)
                        .activation(Activation.TANH)
                        .build())
                .layer(middle)
                .layer(above(NetworkCases.rnnOutput(RNNFormat.NCW, 0, 2, Activation.SIGMOID, LossFunction.XENT)))
                .setInputType(InputType.recurrent(3, 5))
                .build());
        network.init();
        return new Partial(name, network, labelled(random(N, 3, 5), random(N, 2, 5)));
    }

    private static Layer above(Layer output) {
        output.setLayerName("above");
        return output;
    }

    private static CurvatureBatch labelled(INDArray inputs, INDArray labels) {
        return new CurvatureBatch(new INDArray[] {inputs}, new INDArray[] {labels}, null, null);
    }

    private static INDArray random(long... shape) {
        return RandomMatrices.uniform(shape, 61);
    }
}
