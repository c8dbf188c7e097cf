/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** The recursion of LSTM layers in shadow networks against the host's own layers. */
class OnePassLstmTest {
    private static final int INPUTS = 3;
    private static final int OUTPUTS = 2;

    static Stream<Arguments> recursions() {
        List<Arguments> all = new ArrayList<>();
        for (Activation cell : List.of(Activation.TANH, Activation.SIGMOID)) {
            for (Activation gate : List.of(Activation.SIGMOID, Activation.TANH)) {
                for (int[] size : new int[][] {{1, 1}, {1, 4}, {5, 1}, {5, 2}, {4, 7}}) {
                    all.add(arguments(cell, gate, size[0], size[1]));
                }
            }
        }
        return all.stream();
    }

    /** Two layers, so that errors pass through one of them. Sums of some tens of terms in doubles differ by 1e-14. */
    @ParameterizedTest
    @MethodSource("recursions")
    void gradientIsTheHosts(Activation cell, Activation gate, int examples, int steps) {
        MultiLayerNetwork network = network(cell, gate, DataType.DOUBLE, steps);
        CurvatureBatch batch =
                CurvatureBatch.ofInputs(RandomMatrices.gaussian(new long[] {examples, INPUTS, steps}, 3));
        INDArray labels = RandomMatrices.gaussian(new long[] {examples, OUTPUTS, steps}, 4);
        ShadowNetwork shadow = ShadowNetwork.of(network);
        assertThat(lstmLayers(network)).hasSize(2);

        INDArray outputs = shadow.preActivations(batch).get(0); // [T N, nOut]
        shadow.backpropagate(batch, List.of(outputs.sub(Sequences.rows(labels)).mul(2)));

        network.setInput(batch.inputs()[0]);
        network.setLabels(labels);
        network.computeGradientAndScore();
        INDArray expected = network.getFlattenedGradients();
        assertThat(relativeDifference(shadow.gradient(), expected)).isLessThan(1e-13);
        assertThat(relativeDifference(outputs, Sequences.rows(network.output(batch.inputs()[0]))))
                .isLessThan(1e-13);
    }

    @Test
    void gradientIsTheHostsInSinglePrecision() {
        MultiLayerNetwork network = network(Activation.TANH, Activation.SIGMOID, DataType.FLOAT, 6);
        INDArray inputs = RandomMatrices.gaussian(new long[] {4, INPUTS, 6}, 3).castTo(DataType.FLOAT);
        INDArray labels = RandomMatrices.gaussian(new long[] {4, OUTPUTS, 6}, 4).castTo(DataType.FLOAT);
        CurvatureBatch batch = CurvatureBatch.ofInputs(inputs);
        ShadowNetwork shadow = ShadowNetwork.of(network);

        shadow.backpropagate(
                batch,
                List.of(shadow.preActivations(batch)
                        .get(0)
                        .sub(Sequences.rows(labels))
                        .mul(2)));

        network.setInput(inputs);
        network.setLabels(labels);
        network.computeGradientAndScore();
        assertThat(relativeDifference(shadow.gradient(), network.getFlattenedGradients()))
                .isLessThan(1e-5);
    }

    /** Another size of the batch in between must leave nothing behind. */
    @Test
    void passesOfOtherSizesLeaveNothingBehind() {
        MultiLayerNetwork network = network(Activation.TANH, Activation.SIGMOID, DataType.DOUBLE, 5);
        ShadowNetwork shadow = ShadowNetwork.of(network);
        INDArray first = gradient(shadow, 4, 5);
        gradient(shadow, 2, 3);

        assertThat(relativeDifference(gradient(shadow, 4, 5), first)).isZero();
        assertThat(first.norm2Number().doubleValue()).isGreaterThan(1e-3);
    }

    private static INDArray gradient(ShadowNetwork shadow, int examples, int steps) {
        CurvatureBatch batch =
                CurvatureBatch.ofInputs(RandomMatrices.gaussian(new long[] {examples, INPUTS, steps}, 5));
        shadow.backpropagate(batch, shadow.preActivations(batch));
        return shadow.gradient().dup();
    }

    /** What is left out are the gradients of the layers' parameters, for that pass alone. */
    @Test
    void passesForFactorsLeaveGradientsOut() {
        ShadowNetwork shadow = ShadowNetwork.of(network(Activation.TANH, Activation.SIGMOID, DataType.DOUBLE, 5));
        CurvatureBatch batch = CurvatureBatch.ofInputs(RandomMatrices.gaussian(new long[] {4, INPUTS, 5}, 5));
        List<CapturingLoss.ErrorSource> sources = List.of(z -> z.mul(2));
        List<LayerFactors> expected = shadow.withErrorsFrom(batch, sources);
        INDArray gradient = shadow.gradient().dup();
        long lstms = gradient.length() - OUTPUTS * (3 + 1);
        shadow.gradient().assign(0);

        List<LayerFactors> actual = shadow.factorsFrom(batch, sources);

        assertThat(actual).hasSameSizeAs(expected).hasSize(3);
        for (int i = 0; i < actual.size(); i++) {
            assertThatMatrix(actual.get(i).inputs())
                    .isBitEqualTo(expected.get(i).inputs());
            assertThatMatrix(actual.get(i).errors())
                    .isBitEqualTo(expected.get(i).errors());
        }
        assertThat(shadow.gradient()
                        .get(NDArrayIndex.interval(0, lstms))
                        .norm2Number()
                        .doubleValue())
                .isZero();
        shadow.withErrorsFrom(batch, sources);
        assertThat(relativeDifference(shadow.gradient(), gradient)).isZero();
    }

    /** Functions whose derivative does not follow from their value stay with the host. */
    @Test
    void otherActivationsStayWithTheHost() {
        MultiLayerNetwork network = network(Activation.SOFTSIGN, Activation.HARDSIGMOID, DataType.DOUBLE, 4);

        assertThat(lstmLayers(network)).isEmpty();
    }

    /** y' of each function against a difference of its values; a wrong formula is off by 0.1. */
    @ParameterizedTest
    @MethodSource("squashings")
    void derivativesFollowFromValues(Squashing function) {
        INDArray z = RandomMatrices.gaussian(new long[] {3, 4}, 6);
        INDArray above = z.add(1e-5);
        INDArray below = z.sub(1e-5);
        INDArray y = z.dup();
        function.apply(y);
        function.apply(above);
        function.apply(below);
        INDArray derivative = z.dup();
        function.derivative(y, derivative);

        INDArray expected = above.sub(below).div(2e-5);
        assertThat(derivative.sub(expected).amaxNumber().doubleValue()).isCloseTo(0, within(1e-9));
    }

    static Stream<Squashing> squashings() {
        return Stream.of(Squashing.values());
    }

    private static List<Layer> lstmLayers(MultiLayerNetwork network) {
        return Stream.of(((MultiLayerNetwork) ShadowBuilder.of(network, false).model()).getLayers())
                .filter(OnePassLstmLayer.class::isInstance)
                .toList();
    }

    private static double relativeDifference(INDArray actual, INDArray expected) {
        return actual.reshape(expected.shape()).sub(expected).norm2Number().doubleValue()
                / expected.norm2Number().doubleValue();
    }

    private static MultiLayerNetwork network(Activation cell, Activation gate, DataType type, int steps) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(7)
                .dataType(type)
                .list()
                .layer(lstm(4, cell, gate))
                .layer(lstm(3, cell, gate))
                .layer(new RnnOutputLayer.Builder(LossFunction.L2)
                        .activation(Activation.IDENTITY)
                        .nOut(OUTPUTS)
                        .build())
                .setInputType(InputType.recurrent(INPUTS, steps))
                .build());
        network.init();
        return network;
    }

    private static LSTM lstm(int units, Activation cell, Activation gate) {
        return new LSTM.Builder()
                .nOut(units)
                .activation(cell)
                .gateActivationFunction(gate)
                .build();
    }
}
