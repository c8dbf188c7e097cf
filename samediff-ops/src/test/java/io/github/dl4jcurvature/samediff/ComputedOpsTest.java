/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.samediff;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.github.dl4jcurvature.equations.Argument;
import io.github.dl4jcurvature.equations.Equation;
import io.github.dl4jcurvature.equations.Output;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.imports.converters.ImportClassMapping;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What the host asks of operations that are computed in Java, and the ways to put them into a graph. */
class ComputedOpsTest {
    private static final List<String> NAMES = List.of(
            "curvature_matrix_equation",
            "curvature_matrix_equation_output",
            "curvature_matrix_equation_gradient",
            "curvature_gradient_scale");

    private final SameDiff graph = SameDiff.create();
    private final Map<Argument, SDVariable> variables = new EnumMap<>(Argument.class);

    private void put(Map<Argument, INDArray> values) {
        values.forEach((argument, value) -> variables.put(argument, graph.var(argument.name(), value)));
    }

    private SDVariable in(Argument argument) {
        SDVariable variable = variables.get(argument);
        assertThat(variable).as("variable of %s", argument).isNotNull();
        return variable;
    }

    /** Saved graphs hold these names. */
    @Test
    void theHostFindsOperationsByTheirNames() {
        MatrixEquationOps.register();
        Map<String, Object> found = new HashMap<>();
        NAMES.forEach(
                name -> found.put(name, ImportClassMapping.getOpNameMapping().get(name)));
        assertThat(found.get(NAMES.get(0))).isInstanceOf(SolveMatrixEquationOp.class);
        assertThat(found.get(NAMES.get(1))).isInstanceOf(MatrixEquationOutputOp.class);
        assertThat(found.get(NAMES.get(2))).isInstanceOf(MatrixEquationGradientOp.class);
        assertThat(found.get(NAMES.get(3))).isInstanceOf(GradientScaleOp.class);
        NAMES.forEach(
                name -> assertThat(((DynamicCustomOp) found.get(name)).opName()).isEqualTo(name));
        for (DynamicCustomOp op :
                List.of(new SolveMatrixEquationOp(), new MatrixEquationOutputOp(), new GradientScaleOp())) {
            assertThat(op.getNumOutputs()).isEqualTo(1);
            assertThatThrownBy(op::calculateOutputShape)
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining(op.opName())
                    .hasMessageContaining("Equation.solve");
        }
    }

    @ParameterizedTest
    @EnumSource(Equation.class)
    void graphsTakeTheArgumentsOfTheSolverInEveryForm(Equation equation) {
        Map<Argument, INDArray> all = Systems.arguments(equation, 1);
        Map<Argument, INDArray> required = new EnumMap<>(all);
        required.keySet().retainAll(equation.required());
        put(all);
        assertThatMatrix(plain(equation).eval())
                .isBitEqualTo(equation.solve(required).solution());
        assertThatMatrix(withOptions(equation).eval())
                .isBitEqualTo(equation.solve(all).solution());
    }

    private SDVariable plain(Equation equation) {
        return switch (equation) {
            case SYLVESTER -> MatrixEquations.sylvester(graph, in(Argument.A), in(Argument.B), in(Argument.C));
            case STEIN -> MatrixEquations.stein(graph, in(Argument.A), in(Argument.B), in(Argument.C));
            case LYAPUNOV -> MatrixEquations.lyapunov(graph, in(Argument.A), in(Argument.Q));
            case DISCRETE_LYAPUNOV -> MatrixEquations.discreteLyapunov(graph, in(Argument.A), in(Argument.Q));
            case CARE -> MatrixEquations.care(graph, in(Argument.A), in(Argument.B), in(Argument.Q), in(Argument.R));
            case DARE -> MatrixEquations.dare(graph, in(Argument.A), in(Argument.B), in(Argument.Q), in(Argument.R));
        };
    }

    private SDVariable withOptions(Equation equation) {
        return switch (equation) {
            case SYLVESTER, STEIN -> plain(equation);
            case LYAPUNOV -> MatrixEquations.lyapunov(graph, in(Argument.A), in(Argument.E), in(Argument.Q));
            case DISCRETE_LYAPUNOV ->
                MatrixEquations.discreteLyapunov(graph, in(Argument.A), in(Argument.E), in(Argument.Q));
            case CARE -> withOptions(MatrixEquations::care);
            case DARE -> withOptions(MatrixEquations::dare);
        };
    }

    private interface Riccati {
        SDVariable solve(
                SameDiff graph, SDVariable a, SDVariable b, SDVariable q, SDVariable r, SDVariable e, SDVariable s);
    }

    private SDVariable withOptions(Riccati equation) {
        return equation.solve(
                graph, in(Argument.A), in(Argument.B), in(Argument.Q), in(Argument.R), in(Argument.E), in(Argument.S));
    }

    @ParameterizedTest
    @EnumSource(
            value = Equation.class,
            names = {"CARE", "DARE"})
    void gainAndClosedLoopOfRiccatiEquationsAreVariables(Equation equation) {
        Map<Argument, INDArray> values = Systems.arguments(equation, 2);
        put(values);
        EquationVariables outputs = MatrixEquations.solve(graph, "x", equation, variables);
        assertThatMatrix(outputs.gain().eval())
                .isBitEqualTo(equation.solve(values).value(Output.GAIN));
        assertThatMatrix(outputs.closedLoop().eval())
                .isBitEqualTo(equation.solve(values).value(Output.CLOSED_LOOP));
        assertThat(outputs.closedLoop()).isSameAs(outputs.closedLoop());
        assertThat(outputs.closedLoop().name()).isEqualTo("x_closed_loop");
    }

    @Test
    void equationsWithoutNamesAreNumbered() {
        put(Systems.arguments(Equation.STEIN, 1));
        for (String expected : List.of("stein", "stein_1", "stein_2")) {
            assertThat(plain(Equation.STEIN).name()).isEqualTo(expected);
        }
    }

    /** The host copies what it then finds among the inputs to the outputs. */
    @Test
    void theOutputsTakeThePlaceOfAllInputs() throws Exception {
        Map<Argument, INDArray> values = Systems.arguments(Equation.STEIN, 1);
        put(values);
        SDVariable x = plain(Equation.STEIN);
        DynamicCustomOp op = (DynamicCustomOp) graph.getVariableOutputOp(x.name());
        INDArray solution = Equation.STEIN.solve(values).solution();
        OpContext context = Nd4j.getExecutioner().buildContext();
        context.setInputArrays(
                values.get(Argument.A),
                values.get(Argument.B),
                values.get(Argument.C),
                Equation.STEIN.solve(values).state());
        assertThat(op.calculateOutputShape(context)).singleElement().satisfies(shape -> {
            assertThat(shape.getShape()).containsExactly(4, 4);
            assertThat(shape.dataType()).isEqualTo(DataType.DOUBLE);
        });
        assertThat(context.getInputArrays())
                .singleElement()
                .satisfies(input -> assertThatMatrix(input).isBitEqualTo(solution));
        context.close();
    }

    @Test
    void eagerModeWaitsForPlaceholdersAndKnowsShapes() {
        Map<Argument, INDArray> values = Systems.arguments(Equation.STEIN, 1);
        graph.setEagerMode(true);
        put(values);
        SDVariable x = plain(Equation.STEIN);
        assertThat(x.getShape()).containsExactly(4, 4);
        assertThatMatrix(x.getArr()).isBitEqualTo(Equation.STEIN.solve(values).solution());
        variables.put(Argument.C, graph.placeHolder("later", DataType.DOUBLE, 4, 4));
        SDVariable later = plain(Equation.STEIN);
        graph.setEagerMode(false);
        assertThatMatrix(graph.output(Map.of("later", values.get(Argument.C)), later.name())
                        .get(later.name()))
                .isBitEqualTo(Equation.STEIN.solve(values).solution());
    }
}
