/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.util.stream.Stream;

import io.github.dl4jcurvature.testkit.GoldenCase;
import io.github.dl4jcurvature.testkit.GoldenCases;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;

/**
 * Scores and changes with a given dense Q against reference values from Python; the order of the parameters is theirs.
 *
 * <p>Q is of order below 100 with a condition below 1e4, so both sides are accurate to about 1e-11.
 */
class PruningGoldenTest {
    private static final double TOLERANCE = 1e-10;

    static Stream<GoldenCase> networks() {
        return GoldenCases.in("fishleg").matching("mlp_*");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void scores(GoldenCase golden) {
        INDArray scores = Importance.inverse(new DenseProblem.Dense()).scores(problem(golden));

        assertThatMatrix(scores).isWithinRelativeFrobenius(golden.array("prune_score_flat"), TOLERANCE);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void independentAndJointCompensation(GoldenCase golden) {
        INDArray removed = removed(golden, golden.longs("prune_idx"));

        assertThatMatrix(pruned(golden, Compensation.independent(new DenseProblem.Dense()), removed))
                .isWithinRelativeFrobenius(golden.array("w_pruned_independent"), TOLERANCE);
        // conjugate gradients stop at a relative residual of 1e-6
        assertThatMatrix(pruned(golden, Compensation.joint(new DenseProblem.Dense()), removed))
                .isWithinRelativeFrobenius(golden.array("w_pruned_joint"), 1e-5);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void aSingleWeight(GoldenCase golden) {
        INDArray removed = removed(golden, (long) golden.number("prune/single_index"));

        INDArray change = Compensation.joint(new DenseProblem.Dense()).change(problem(golden), removed);

        assertThatMatrix(change).isWithinRelativeFrobenius(golden.array("dw_single"), TOLERANCE);
    }

    private static INDArray pruned(GoldenCase golden, Compensation compensation, INDArray removed) {
        INDArray w = golden.array("w_flat");
        return w.add(compensation.change(problem(golden), removed)).muli(removed.rsub(1));
    }

    private static DenseProblem problem(GoldenCase golden) {
        INDArray q = golden.array("Q_dense");
        INDArray w = golden.array("w_flat");
        return DenseProblem.of(w, golden.array("F_ggn_dense"), w.like(), q);
    }

    private static INDArray removed(GoldenCase golden, long... indices) {
        INDArray removed = golden.array("w_flat").like();
        for (long index : indices) {
            removed.putScalar(index, 1);
        }
        return removed;
    }
}
