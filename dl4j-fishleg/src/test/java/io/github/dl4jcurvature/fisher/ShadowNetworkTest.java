/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;

/** Factors and gradients against the host's own gradient, which shares the passes but none of the assembling. */
class ShadowNetworkTest {
    /** Sums of at most a few hundred products of size one: 100 eps is 2e-14; a lost row or gate errs by O(0.1). */
    private static final double DOUBLE = 1e-13;

    private static final double FLOAT = 1e-6;

    @ParameterizedTest
    @MethodSource("io.github.dl4jcurvature.fisher.NetworkCases#allDouble")
    void factorsMakeUpTheHostsGradient(NetworkCase network) {
        assertFactorsMakeUpTheHostsGradient(network, DOUBLE);
    }

    @ParameterizedTest
    @MethodSource("io.github.dl4jcurvature.fisher.NetworkCases#allFloat")
    void factorsMakeUpTheHostsGradientInFloat(NetworkCase network) {
        assertFactorsMakeUpTheHostsGradient(network, FLOAT);
    }

    private static void assertFactorsMakeUpTheHostsGradient(NetworkCase network, double tolerance) {
        ShadowNetwork shadow = ShadowNetwork.of(network.model());
        INDArray expected = network.hostGradient();
        List<LayerFactors> factors = shadow.withLabels(network.batch());

        INDArray assembled = Nd4j.zeros(expected.dataType(), expected.length());
        for (LayerFactors layer : factors) {
            for (String key : NetworkCase.keys(layer)) {
                shadow.layout().view(assembled, layer.layer(), key).assign(layer.gradient(key));
            }
        }

        assertThat(shadow.uncapturedLayers()).isEmpty();
        assertThatMatrix(shadow.gradient()).isWithinRelativeFrobenius(expected, tolerance);
        assertThatMatrix(assembled).isWithinRelativeFrobenius(expected, tolerance);
    }

    /** The host's softmax loss refuses such a mask. */
    @Test
    void theMaskOfASingleExampleScalesItsGradient() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(4)
                .dataType(DataType.DOUBLE)
                .list()
                .layer(new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nIn(2)
                        .nOut(3)
                        .build())
                .build());
        network.init();
        INDArray x = Nd4j.createFromArray(new double[][] {{0.3, -1}});
        INDArray y = Nd4j.createFromArray(new double[][] {{0, 1, 0}});
        INDArray plain = gradient(network, new DataSet(x, y));

        assertThat(plain.norm2Number().doubleValue()).isGreaterThan(0.1);
        assertThatMatrix(gradient(network, new DataSet(x, y, null, Nd4j.ones(DataType.DOUBLE, 1, 1))))
                .isBitEqualTo(plain);
        assertThat(gradient(network, new DataSet(x, y, null, Nd4j.zeros(DataType.DOUBLE, 1, 1)))
                        .norm2Number()
                        .doubleValue())
                .isZero();
    }

    private static INDArray gradient(MultiLayerNetwork network, DataSet data) {
        ShadowNetwork shadow = ShadowNetwork.of(network);
        shadow.withLabels(CurvatureBatch.of(data));
        return shadow.gradient().dup();
    }
}
