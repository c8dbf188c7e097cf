/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.Arrays;
import java.util.stream.Stream;

import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;

/** Against the host's gradient of a batch with one example. */
class ExampleGradientsTest {
    private static final double TOLERANCE = 1e-12; // sums of some hundred products of order 1

    static Stream<NetworkCase> cases() {
        return NetworkCases.allDouble();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void rowsAreTheGradientsOfSingleExamples(NetworkCase network) {
        ShadowNetwork shadow = ShadowNetwork.of(network.model());
        ExampleGradients gradients = ExampleGradients.of(shadow, network.batch());
        INDArray all = gradients.columns(0, network.model().numParams()); // [m, n]

        assertThat(gradients.count()).isEqualTo(network.batch().examples());
        assertThat(gradients.covered().minNumber().doubleValue()).isEqualTo(1);
        for (int n = 0; n < gradients.count(); n++) {
            NetworkCase single = new NetworkCase(network.name(), network.model(), example(network.batch(), n));
            assertThatMatrix(all.getRow(n)).isWithinRelativeFrobenius(single.hostGradient(), TOLERANCE);
        }
        assertThatMatrix(gradients.meanSquares())
                .isWithinRelativeFrobenius(all.mul(all).mean(0), TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void anyColumnsCanBeHadAlone(NetworkCase network) {
        ExampleGradients gradients = ExampleGradients.of(ShadowNetwork.of(network.model()), network.batch());
        long n = network.model().numParams();
        INDArray all = gradients.columns(0, n);

        for (long from = 0; from < n; from += 7) {
            long to = Math.min(n, from + 7);
            assertThatMatrix(gradients.columns(from, to))
                    .isWithinAbsolute(all.get(NDArrayIndex.all(), NDArrayIndex.interval(from, to)), 1e-13);
        }
    }

    @Test
    void aLayerWithoutFactorsIsNotCovered() {
        MultiLayerNetwork network = new MultiLayerNetwork(NetworkCases.builder(DataType.DOUBLE)
                .list()
                .layer(new DenseLayer.Builder().nIn(3).nOut(4).build())
                .layer(new BatchNormalization.Builder().nIn(4).nOut(4).build())
                .layer(NetworkCases.output(4, 2, Activation.SOFTMAX, LossFunction.MCXENT))
                .build());
        network.init();
        INDArray x = RandomMatrices.gaussian(6, 3, 1);
        INDArray y = Nd4j.zeros(DataType.DOUBLE, 6, 2);
        y.getColumn(1).assign(1);
        CurvatureBatch batch = new CurvatureBatch(new INDArray[] {x}, new INDArray[] {y}, null, null);

        ExampleGradients gradients = ExampleGradients.of(ShadowNetwork.of(network), batch);

        INDArray covered = gradients.covered();
        assertThat(covered.sumNumber().longValue()).isEqualTo(16 + 10);
        INDArray normalisation = gradients.columns(16, 24);
        assertThat(normalisation.norm2Number().doubleValue()).isZero();
    }

    private static CurvatureBatch example(CurvatureBatch batch, int n) {
        return new CurvatureBatch(
                slices(batch.inputs(), n),
                slices(batch.labels(), n),
                slices(batch.inputMasks(), n),
                slices(batch.labelMasks(), n));
    }

    private static INDArray[] slices(INDArray[] arrays, int n) {
        if (arrays == null) {
            return null;
        }
        return Arrays.stream(arrays)
                .map(array -> {
                    if (array == null) {
                        return null;
                    }
                    INDArrayIndex[] indices = new INDArrayIndex[array.rank()];
                    Arrays.fill(indices, NDArrayIndex.all());
                    indices[0] = NDArrayIndex.interval(n, n + 1);
                    return array.get(indices).dup();
                })
                .toArray(INDArray[]::new);
    }
}
