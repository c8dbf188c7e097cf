/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.stream.Stream;

import io.github.dl4jcurvature.fisher.FisherEstimator.Method;
import io.github.dl4jcurvature.testkit.GoldenCase;
import io.github.dl4jcurvature.testkit.GoldenCases;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Fisher-vector products of an independent implementation with exact derivatives, in double precision. */
class GoldenProductsTest {
    /** Sums of a few hundred terms of size one in another order: about 1e-14. */
    private static final double EXACT = 1e-10;

    private static final double DIFFERENCE = 1e-6;

    static Stream<GoldenCase> cases() {
        return GoldenCases.in("fishleg").matching("{mlp,conv,rnn}_*");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gaussNewton(GoldenCase golden) {
        assertThatMatrix(product(golden, Method.GAUSS_NEWTON))
                .isWithinRelativeFrobenius(expected(golden, "ggn"), DIFFERENCE);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void monteCarlo(GoldenCase golden) {
        assertThatMatrix(product(golden, Method.MONTE_CARLO)).isWithinRelativeFrobenius(expected(golden, "mc"), EXACT);
    }

    /** The antithetic difference tends to the Hessian of the loss at the sampled labels. */
    @ParameterizedTest
    @MethodSource("cases")
    void antithetic(GoldenCase golden) {
        assumeTrue(golden.has("Fv_hess0"), golden.name() + " has no Hessian product");
        assertThatMatrix(product(golden, Method.ANTITHETIC))
                .isWithinRelativeFrobenius(expected(golden, "hess"), DIFFERENCE);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void directionalDerivativesOfEachExample(GoldenCase golden) {
        GoldenNetwork network = GoldenNetwork.of(golden);
        ShadowNetwork shadow = ShadowNetwork.of(network.network());
        INDArray v = direction(network);
        INDArray expected = golden.array(golden.has("s") ? "s" : "s_aux");

        INDArray sum = Nd4j.zerosLike(expected);
        for (LayerFactors layer : shadow.withSampledLabels(network.auxiliaryBatch(), network.auxiliaryLabels())) {
            sum.addi(layer.directionalDerivatives(key -> shadow.layout().view(v, layer.layer(), key)));
        }

        assertThatMatrix(sum).isWithinRelativeFrobenius(expected, EXACT);
    }

    private static INDArray product(GoldenCase golden, Method method) {
        GoldenNetwork network = GoldenNetwork.of(golden);
        return FisherEstimator.builder(network.network())
                .method(method)
                .build()
                .product(network.auxiliaryBatch(), direction(network), network.auxiliaryLabels());
    }

    private static INDArray direction(GoldenNetwork network) {
        return network.joined(network.golden().has("RW") ? "v_" : "v", "");
    }

    private static INDArray expected(GoldenCase golden, String estimate) {
        GoldenNetwork network = GoldenNetwork.of(golden);
        return network.joined("Fv_" + estimate + (golden.has("RW") ? "_" : ""), "");
    }
}
