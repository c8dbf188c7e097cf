/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

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
}
