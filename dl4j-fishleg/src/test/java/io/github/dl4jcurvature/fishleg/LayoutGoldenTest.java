/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.util.List;
import java.util.stream.Stream;

import io.github.dl4jcurvature.fisher.LayerParameters;
import io.github.dl4jcurvature.testkit.GoldenCase;
import io.github.dl4jcurvature.testkit.GoldenCases;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The blocks of a convolution and an output layer, on vectors in the host's memory layout, against values computed with
 * automatic differentiation in Python on joint matrices. Entries go through {@code setParam}, which knows nothing of blocks.
 */
class LayoutGoldenTest {
    private static final double TOLERANCE = 1e-10; // as in the golden test of the blocks alone

    static Stream<GoldenCase> cases() {
        return GoldenCases.in("fishleg").matching("conv_softmax");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void multipliesAndLearnsInTheHostsLayout(GoldenCase golden) {
        MultiLayerNetwork network = network();
        List<LayerParameters.Placed> layers = LayerParameters.of(network);
        INDArray u = flat(golden, "u", network);
        INDArray v = flat(golden, "v", network);
        INDArray r = flat(golden, "Fv_ggn", network)
                .addi(v.mul(golden.number("gamma")))
                .subi(u);
        INDArray product = u.like();
        assertThat(layers).hasSize(2);
        for (int layer = 0; layer < 2; layer++) {
            FishLegBlock block = block(layers.get(layer), factors(golden, "lam%d_".formatted(layer)));
            block.takeNone();
            block.multiply(block.part(u), block.part(product));
            double norm = block.computeFactorGradient(block.part(u), block.part(r), 1, false);
            INDArray gradient = factors(golden, "grad_ggn_nopre%d_".formatted(layer));
            double expected = gradient.norm2Number().doubleValue();
            assertThat(Math.sqrt(norm) / expected - 1).isBetween(-TOLERANCE, TOLERANCE);

            // from moments at zero the first moment of Adam is (1 - beta) times the gradient
            block.learn(new FactorAdam(0.9, 0.999, 1e-8), 1e-3);
            assertThatMatrix(block.state().firstMoment()).isWithinRelativeFrobenius(gradient.mul(0.1), TOLERANCE);
        }
        assertThatMatrix(product).isWithinRelativeFrobenius(v, TOLERANCE);
    }

    private static FishLegBlock block(LayerParameters.Placed layer, INDArray lambda) {
        BlockPlan plan =
                BlockPlan.of(layer.parameters(), new BlockShape(FishLeg.Form.SCALED_KRONECKER, false, 10_000), false);
        FishLegState state = new FishLegState(plan, Nd4j.zeros(DataType.DOUBLE, plan.required()));
        state.factors().assign(lambda);
        return new FishLegBlock(layer.parameters(), layer.offset(), plan, state, null);
    }

    /** The joint matrices name0 and name1 as a flat vector of the network. */
    private static INDArray flat(GoldenCase golden, String name, MultiLayerNetwork network) {
        for (int layer = 0; layer < 2; layer++) {
            INDArray joint = golden.array(name + layer); // [o, i + 1]
            long inputs = joint.size(1) - 1;
            INDArray weights = joint.get(NDArrayIndex.all(), NDArrayIndex.interval(0, inputs));
            long[] shape = network.getParam(layer + "_W").shape();
            network.setParam(
                    layer + "_W",
                    layer == 0
                            ? weights.dup('c').reshape('c', shape)
                            : weights.transpose().dup());
            network.setParam(layer + "_b", joint.getColumn(inputs).dup().reshape(1, joint.size(0)));
        }
        return network.params().dup().reshape(network.numParams());
    }

    private static INDArray factors(GoldenCase golden, String prefix) {
        return Nd4j.concat(
                0, row(golden.array(prefix + "L")), row(golden.array(prefix + "R")), row(golden.array(prefix + "S")));
    }

    private static INDArray row(INDArray matrix) {
        return matrix.dup('c').reshape('c', new long[] {matrix.length()});
    }

    private static MultiLayerNetwork network() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .updater(new Sgd())
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3)
                        .nOut(3)
                        .activation(Activation.RELU)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(4)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(6, 6, 2))
                .build());
        network.init();
        return network;
    }
}
