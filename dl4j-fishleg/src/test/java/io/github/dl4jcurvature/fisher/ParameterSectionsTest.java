/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Which parameters of a layer act together, and that each row of a matrix holds what leads to one output. */
class ParameterSectionsTest {
    private static final InputType VECTOR = InputType.feedForward(3);
    private static final InputType SERIES = InputType.recurrent(3, 6);
    private static final InputType IMAGE = InputType.convolutional(5, 5, 2);

    /** A layer and its sections: kind, rows, groups, and the parameters of its columns. */
    @SuppressWarnings("deprecation") // old models have GravesLSTM
    static Stream<Arguments> layers() {
        return Stream.of(
                arguments(VECTOR, new DenseLayer.Builder().nOut(4).build(), "MATRIX 4 1 W b"),
                arguments(
                        VECTOR, new DenseLayer.Builder().nOut(4).hasBias(false).build(), "MATRIX 4 1 W"),
                arguments(
                        VECTOR,
                        new DenseLayer.Builder().nOut(4).hasLayerNorm(true).build(),
                        "MATRIX 4 1 W, ELEMENTWISE 1 1 b, ELEMENTWISE 1 1 g"),
                arguments(VECTOR, NetworkCases.output(4, Activation.SOFTMAX, LossFunction.MCXENT), "MATRIX 4 1 W b"),
                arguments(VECTOR, new AutoEncoder.Builder().nOut(4).build(), "ELEMENTWISE 1 1 W, ELEMENTWISE 1 1 b"),
                arguments(
                        VECTOR,
                        new ElementWiseMultiplicationLayer.Builder()
                                .nIn(3)
                                .nOut(3)
                                .build(),
                        "ELEMENTWISE 1 1 W, ELEMENTWISE 1 1 b"),
                arguments(
                        VECTOR,
                        new BatchNormalization.Builder().build(),
                        "ELEMENTWISE 1 1 gamma, ELEMENTWISE 1 1 beta"),
                arguments(VECTOR, new PReLULayer.Builder().inputShape(3).build(), "ELEMENTWISE 1 1 W"),
                arguments(
                        VECTOR, new FrozenLayer(new DenseLayer.Builder().nOut(4).build()), "none"),
                arguments(IMAGE, new ConvolutionLayer.Builder(3, 2).nOut(4).build(), "MATRIX 4 1 W b"),
                arguments(
                        InputType.convolutional3D(3, 3, 3, 2),
                        new Convolution3D.Builder(2, 2, 2).nOut(4).build(),
                        "MATRIX 4 1 W b"),
                arguments(SERIES, new Convolution1DLayer.Builder(3).nOut(4).build(), "MATRIX 4 1 W b"),
                arguments(
                        IMAGE,
                        new Deconvolution2D.Builder(2, 2).nOut(4).build(),
                        "ELEMENTWISE 1 1 b, ELEMENTWISE 1 1 W"),
                arguments(
                        IMAGE,
                        new DepthwiseConvolution2D.Builder(2, 2)
                                .depthMultiplier(2)
                                .nIn(2)
                                .nOut(4)
                                .build(),
                        "ELEMENTWISE 1 1 b, ELEMENTWISE 1 1 W"),
                arguments(
                        IMAGE,
                        new SeparableConvolution2D.Builder(2, 2).nOut(4).build(),
                        "ELEMENTWISE 1 1 b, ELEMENTWISE 1 1 W, ELEMENTWISE 1 1 pW"),
                arguments(SERIES, new SimpleRnn.Builder().nOut(4).build(), "MATRIX 4 1 W RW b"),
                arguments(
                        SERIES,
                        new SimpleRnn.Builder().nOut(4).hasLayerNorm(true).build(),
                        "MATRIX 4 1 W RW, ELEMENTWISE 1 1 b, ELEMENTWISE 1 1 g"),
                arguments(SERIES, new LSTM.Builder().nOut(4).build(), "MATRIX 16 4 W RW b"),
                arguments(SERIES, new LastTimeStep(new LSTM.Builder().nOut(4).build()), "MATRIX 16 4 W RW b"),
                arguments(
                        SERIES,
                        new Bidirectional(new SimpleRnn.Builder().nOut(4).build()),
                        "MATRIX 4 1 fW fRW fb, MATRIX 4 1 bW bRW bb"),
                arguments(SERIES, new GravesLSTM.Builder().nOut(4).build(), "MATRIX 16 4 W  b, ELEMENTWISE 1 1 "),
                arguments(
                        SERIES,
                        new RnnOutputLayer.Builder(LossFunction.MCXENT)
                                .activation(Activation.SOFTMAX)
                                .nOut(4)
                                .build(),
                        "MATRIX 4 1 W b"),
                arguments(
                        VECTOR,
                        new EmbeddingLayer.Builder()
                                .nIn(7)
                                .nOut(4)
                                .hasBias(true)
                                .build(),
                        "LOOKUP 4 1 W b"),
                arguments(
                        SERIES,
                        new EmbeddingSequenceLayer.Builder().nIn(7).nOut(4).build(),
                        "LOOKUP 4 1 W"));
    }

    @ParameterizedTest(name = "{2}")
    @MethodSource("layers")
    void rowsHoldWhatLeadsToOneOutput(InputType input, Layer layer, String expected) {
        MultiLayerNetwork network = network(input, layer);
        List<LayerParameters.Placed> placed = LayerParameters.of(network);
        if (expected.equals("none")) {
            assertThat(placed).isEmpty();
            return;
        }
        assertThat(placed).hasSize(1);
        INDArray flat = Nd4j.arange((double) network.numParams()).castTo(DataType.DOUBLE);
        network.setParams(flat.reshape(1, flat.length())); // each parameter shows where it lies
        LayerParameters parameters = placed.get(0).parameters();
        Map<String, INDArray> host = network.getLayer(0).paramTable(false);

        String actual = parameters.sections().stream()
                .map(section -> "%s %d %d %s"
                        .formatted(
                                section.kind(),
                                section.outputs(),
                                section.groups(),
                                section.parts().stream()
                                        .map(part -> key(host, placed.get(0).offset(), section.outputs(), part))
                                        .collect(Collectors.joining(" "))))
                .collect(Collectors.joining(", "));
        assertThat(actual).isEqualTo(expected);
        assertCoversEveryParameterOnce(parameters);
    }

    /** The parameter of which row r of the part holds exactly what belongs to output r. */
    private static String key(Map<String, INDArray> host, long offset, long outputs, ParameterSection.Part part) {
        List<String> keys = new ArrayList<>();
        host.forEach((key, parameter) -> {
            if (parameter.length() == outputs * part.columns() && isHeldBy(parameter, offset, outputs, part)) {
                keys.add(key);
            }
        });
        return String.join("|", keys);
    }

    private static boolean isHeldBy(INDArray parameter, long offset, long outputs, ParameterSection.Part part) {
        int axis = parameter.rank() == 2 ? 1 : 0; // of the outputs in the host's shape
        for (long row = 0; row < outputs; row++) {
            INDArray values = outputs == 1 ? parameter : alongOutputs(parameter, axis, row);
            long first = offset + part.start() + row * part.columns();
            if (values.minNumber().longValue() != first
                    || values.maxNumber().longValue() != first + part.columns() - 1) {
                return false;
            }
        }
        return true;
    }

    private static INDArray alongOutputs(INDArray parameter, int axis, long row) {
        INDArrayIndex[] indices = new INDArrayIndex[parameter.rank()];
        java.util.Arrays.fill(indices, NDArrayIndex.all());
        indices[axis] = NDArrayIndex.interval(row, row + 1);
        return parameter.get(indices).dup();
    }

    private static void assertCoversEveryParameterOnce(LayerParameters parameters) {
        int[] covered = new int[(int) parameters.length()];
        for (ParameterSection section : parameters.sections()) {
            for (ParameterSection.Part part : section.parts()) {
                for (long i = part.start(); i < part.start() + section.outputs() * part.columns(); i++) {
                    covered[(int) i]++;
                }
            }
        }
        assertThat(covered).containsOnly(1);
    }

    /** The host lists the weights of these layers before the bias, which comes first in memory. */
    @Test
    void updatersSeeTheSameParametersInTheSameOrder() {
        for (Arguments each : layers().toList()) {
            Layer layer = (Layer) each.get()[1];
            MultiLayerNetwork network = network((InputType) each.get()[0], layer);
            List<LayerParameters> assigned = new ArrayList<>();
            for (var block : HostNetwork.of(network).updater().getUpdaterBlocks()) {
                assigned.add(GovernedParameters.bind(block).parameters());
            }
            List<LayerParameters> expected = LayerParameters.of(network).stream()
                    .map(LayerParameters.Placed::parameters)
                    .toList();
            if (!expected.isEmpty()) {
                assertThat(assigned).as("%s", layer).first().isEqualTo(expected.get(0));
            }
        }
    }

    private static MultiLayerNetwork network(InputType input, Layer layer) {
        MultiLayerNetwork network = new MultiLayerNetwork(NetworkCases.builder(DataType.DOUBLE)
                .list()
                .layer(layer)
                .setInputType(input)
                .build());
        network.init();
        return network;
    }
}
