/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.Arrays;
import java.util.Iterator;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import io.github.dl4jcurvature.linalg.SingularEquationException;
import io.github.dl4jcurvature.testkit.CapturedLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** When solutions are corrected, accepted and refused, with residuals that are given one after the other. */
class RefinementTest {
    @RegisterExtension
    private final CapturedLog said = CapturedLog.of(Residual.class);

    /** Starts with zeros; every correction adds one. */
    private static Refinement refined(long rows, double... residuals) {
        Iterator<Double> next = Arrays.stream(residuals).iterator();
        return Refinement.of(
                ColumnMajor.zeros(rows, 1),
                ColumnMajor.zeros(rows, 1),
                ColumnMajor::copy,
                x -> ones(x.rows()),
                x -> next.next());
    }

    private static ColumnMajor ones(long rows) {
        ColumnMajor ones = ColumnMajor.zeros(rows, 1);
        ones.array().assign(1);
        return ones;
    }

    private static void assertResult(Refinement result, int corrections, double residual) {
        assertThat(result.residual()).isEqualTo(Double.valueOf(residual));
        assertThat(result.x().array().getDouble(0, 0)).isEqualTo(corrections);
    }

    @Test
    void correctionsAreKeptWhileTheyMoreThanHalveTheResidual() {
        assertResult(refined(2, 1, 0.4, 0.1, 0.01), 3, 0.01); // three at most
        assertResult(refined(2, 1, 0.4, 0.3), 1, 0.4);
        assertResult(refined(2, 1, 0.5), 0, 1);
        assertResult(refined(2, 1, Double.NaN), 0, 1);
        assertResult(refined(2, Double.NaN, 0.1), 0, Double.NaN);
    }

    /** 1e-14, or half a machine epsilon for each row: 2.2e-14 for 200. */
    @Test
    void satisfactoryResidualsAreLeftAlone() {
        assertResult(refined(2, 1e-14), 0, 1e-14);
        assertResult(refined(2, 2e-14, 1e-16), 1, 1e-16);
        assertResult(refined(200, 2e-14), 0, 2e-14);
        assertResult(refined(200, 2.3e-14, 1e-16), 1, 1e-16);
    }

    @Test
    void residualsAreJudged() {
        assertThat(Residual.judge(Equation.STEIN, 1e-8)).isEqualTo(1e-8);
        assertThat(said.messages()).isEmpty();
        assertThat(Residual.judge(Equation.STEIN, 1e-3)).isEqualTo(1e-3);
        assertThat(said.messages()).hasSize(1);
        assertThat(said.messages().get(0))
                .isEqualTo(
                        "stein equation: relative residual 0.001: ill-conditioned, few digits of the solution are right");
        for (double wrong : new double[] {1.1e-3, Double.NaN}) {
            assertThatThrownBy(() -> Residual.judge(Equation.STEIN, wrong))
                    .isInstanceOf(SingularEquationException.class)
                    .hasMessageContaining("too ill-conditioned");
        }
    }

    /** Signs over the root of eight, as many of either up to three standard deviations, of which one is half the root of 8 n. */
    @ParameterizedTest
    @ValueSource(ints = {100, 300})
    void probesAreScaledSigns(int n) {
        INDArray probes = Residual.probes(n).array();
        assertThat(probes.shape()).containsExactly(n, 8);
        int positive = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < 8; j++) {
                assertThat(Math.abs(probes.getDouble(i, j))).isCloseTo(Math.sqrt(0.125), within(1e-15));
                positive += probes.getDouble(i, j) > 0 ? 1 : 0;
            }
        }
        assertThat((double) positive).isCloseTo(4 * n, within(3 * Math.sqrt(2 * n)));
    }
}
