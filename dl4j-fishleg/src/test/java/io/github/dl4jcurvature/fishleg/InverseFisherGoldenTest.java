/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.util.stream.Stream;

import io.github.dl4jcurvature.testkit.GoldenCase;
import io.github.dl4jcurvature.testkit.GoldenCases;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;

/**
 * The form with the elementwise scale against reference values computed with automatic differentiation in Python.
 *
 * <p>All matrices are of order below 50 and well conditioned, so that both sides are accurate to about 1e-14; a missing
 * transpose or a swapped factor errs by order 1.
 */
class InverseFisherGoldenTest {
    private static final double TOLERANCE = 1e-10;

    static Stream<GoldenCase> cases() {
        return Stream.concat(
                GoldenCases.in("fishleg").matching("mlp_*"),
                GoldenCases.in("fishleg").matching("conv_softmax"));
    }

    static Stream<GoldenCase> networks() {
        return GoldenCases.in("fishleg").matching("mlp_*");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void multipliesTheGradient(GoldenCase golden) {
        for (int layer = 0; golden.has("u" + layer); layer++) {
            INDArray u = golden.array("u" + layer);
            INDArray product = u.like();
            inverse(golden, layer).apply(u, product);
            assertThatMatrix(product).isWithinRelativeFrobenius(golden.array("v" + layer), TOLERANCE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void hasTheDiagonal(GoldenCase golden) {
        for (int layer = 0; golden.has("diagQ" + layer); layer++) {
            assertThatMatrix(inverse(golden, layer).diagonal())
                    .isWithinRelativeFrobenius(golden.array("diagQ" + layer), TOLERANCE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void factorGradientsMatchAutomaticDifferentiation(GoldenCase golden) {
        for (String estimator : new String[] {"mc", "ggn", "hess"}) {
            for (int layer = 0; golden.has("grad_%s_nopre%d_L".formatted(estimator, layer)); layer++) {
                InverseFisher inverse = inverse(golden, layer);
                INDArray r = residual(golden, estimator, layer);
                String prefix = "grad_%s_nopre%d_".formatted(estimator, layer);
                assertGradient(golden, inverse, golden.array("u" + layer), r, prefix);
                String preconditioned = "grad_%s_pre%d_".formatted(estimator, layer);
                if (golden.has(preconditioned + "L")) {
                    INDArray t = r.like();
                    inverse.apply(r, t);
                    assertGradient(golden, inverse, golden.array("u" + layer), t, preconditioned);
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void oneAdamStepOnTheFactorsAndOneOnTheParameters(GoldenCase golden) {
        double rate = golden.number("after/aux_lr");
        for (int layer = 0; golden.has("lam%d_L_after_adam".formatted(layer)); layer++) {
            INDArray lambda = factors(golden, "lam%d_".formatted(layer), "");
            INDArray gradient = factors(golden, "grad_ggn_pre%d_".formatted(layer), "");
            new FactorAdam(0.9, 0.999, 1e-8).step(lambda, lambda.like(), lambda.like(), gradient, rate, 1);
            assertThatMatrix(lambda)
                    .isWithinRelativeFrobenius(factors(golden, "lam%d_".formatted(layer), "_after_adam"), TOLERANCE);

            INDArray u = golden.array("u" + layer);
            InverseFisher inverse = TestBlocks.whole(u.size(0), u.size(1), FishLeg.Form.SCALED_KRONECKER)
                    .inverse(lambda);
            inverse.refresh();
            INDArray product = u.like();
            inverse.apply(u, product);
            INDArray weights = golden.array("W%d_netform".formatted(layer));
            double decay = golden.number("after/weight_decay");
            double momentum = golden.number("after/beta");
            INDArray step = product.mul(1 - momentum).add(weights.mul(decay)).mul(golden.number("after/lr"));
            assertThatMatrix(weights.sub(step))
                    .isWithinRelativeFrobenius(golden.array("W%d_netform_after_step".formatted(layer)), TOLERANCE);
        }
    }

    private static INDArray residual(GoldenCase golden, String estimator, int layer) {
        INDArray product = golden.array("Fv_%s%d".formatted(estimator, layer));
        return product.add(golden.array("v" + layer).mul(golden.number("gamma")))
                .sub(golden.array("u" + layer));
    }

    private static void assertGradient(
            GoldenCase golden, InverseFisher inverse, INDArray u, INDArray t, String prefix) {
        INDArray gradient = Nd4j.zeros(DataType.DOUBLE, inverse.size());
        inverse.factorGradient(u, t, gradient);
        assertThatMatrix(gradient).isWithinRelativeFrobenius(factors(golden, prefix, ""), TOLERANCE);
    }

    private static InverseFisher inverse(GoldenCase golden, int layer) {
        INDArray u = golden.array("u" + layer);
        InverseFisher inverse = TestBlocks.whole(u.size(0), u.size(1), FishLeg.Form.SCALED_KRONECKER)
                .inverse(factors(golden, "lam%d_".formatted(layer), ""));
        inverse.refresh();
        return inverse;
    }

    /** L, R and S in the order of the state. */
    private static INDArray factors(GoldenCase golden, String prefix, String suffix) {
        return Nd4j.concat(
                0,
                flat(golden.array(prefix + "L" + suffix)),
                flat(golden.array(prefix + "R" + suffix)),
                flat(golden.array(prefix + "S" + suffix)));
    }

    private static INDArray flat(INDArray matrix) {
        return matrix.dup('c').reshape('c', new long[] {matrix.length()});
    }
}
