/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.samediff;

import java.util.List;
import java.util.Map;

import io.github.dl4jcurvature.equations.Argument;
import io.github.dl4jcurvature.equations.Equation;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.NameScope;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The host would take an existing variable of the same name for the output of an operation. */
class GraphNamesTest {
    private static final Map<Argument, INDArray> IN = Systems.arguments(Equation.CARE, 1);

    private final SameDiff graph = SameDiff.create();
    private final SDVariable a = graph.var("A", IN.get(Argument.A));
    private final SDVariable b = graph.var("B", IN.get(Argument.B));
    private final SDVariable q = graph.var("Q", IN.get(Argument.Q));
    private final SDVariable r = graph.var("R", IN.get(Argument.R));

    private EquationVariables solve(String name) {
        return MatrixEquations.solve(
                graph, name, Equation.CARE, Map.of(Argument.A, a, Argument.B, b, Argument.Q, q, Argument.R, r));
    }

    private void assertRefused(String name, String taken) {
        List<String> before = graph.variables().stream().map(SDVariable::name).toList();
        int operations = graph.ops().length;
        assertThatThrownBy(() -> solve(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + taken + "\"")
                .hasMessageContaining("another name");
        assertThat(graph.variables().stream().map(SDVariable::name)).containsExactlyElementsOf(before);
        assertThat(graph.ops()).hasSize(operations);
    }

    @Test
    void takenNamesAreRefusedAndTheGraphIsUnchanged() {
        assertRefused("Q", "Q");
        graph.var("y_state", IN.get(Argument.A));
        assertRefused("y", "y_state");
        graph.var("z_gain", IN.get(Argument.A));
        assertRefused("z", "z_gain");
        assertThatThrownBy(() -> solve("")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aNameThatIsTakenBeforeItsOutputIsMadeIsRefused() {
        EquationVariables x = solve("x");
        SDVariable other = graph.var("x_gain", IN.get(Argument.A));
        assertThatThrownBy(x::gain).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("\"x_gain\"");
        assertThatMatrix(other.getArr()).isBitEqualTo(IN.get(Argument.A));
        assertThatMatrix(x.solution().eval()).isFinite();
    }

    @Test
    void equationsWithoutNamesFindFreeOnesInEveryScope() {
        INDArray expected =
                MatrixEquations.care(IN.get(Argument.A), IN.get(Argument.B), IN.get(Argument.Q), IN.get(Argument.R));
        SDVariable outer = MatrixEquations.care(graph, a, b, q, r);
        try (NameScope scope = graph.withNameScope("inner")) {
            SDVariable first = MatrixEquations.care(graph, a, b, q, r);
            SDVariable second = MatrixEquations.care(graph, a, b, q.mul(1), r);
            assertThat(scope.getName()).isEqualTo("inner");
            assertThat(List.of(outer.name(), first.name(), second.name())).doesNotHaveDuplicates();
            assertThat(List.of(first.name(), second.name())).allMatch(name -> name.startsWith("inner/"));
            assertThatMatrix(second.eval()).isBitEqualTo(expected);
        }
        assertThatMatrix(MatrixEquations.care(graph, a, b, q, r).eval()).isBitEqualTo(expected);
    }

    @Test
    void aNameMayBeUsedOnceInEachScope() {
        SDVariable outer = solve("x").solution();
        try (NameScope scope = graph.withNameScope("inner")) {
            EquationVariables inner = solve("x");
            assertThat(inner.solution().name()).isEqualTo(scope.getName() + "/x");
            assertThat(inner.gain().name()).isEqualTo("inner/x_gain");
            assertRefused("x", "inner/x");
        }
        assertThat(outer.name()).isEqualTo("x");
    }
}
