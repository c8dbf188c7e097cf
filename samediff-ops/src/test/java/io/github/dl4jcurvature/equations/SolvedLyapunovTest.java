/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;

class SolvedLyapunovTest {
    private static final int ORDER = 6;

    /** H = X U is kept for the gradient of symmetric discrete equations without E, and of no others. */
    @ParameterizedTest
    @CsvSource({
        "DISCRETE_LYAPUNOV, true, false, true",
        "DISCRETE_LYAPUNOV, false, false, false",
        "DISCRETE_LYAPUNOV, true, true, false",
        "LYAPUNOV, true, false, false"
    })
    void halfOfTheWayIsKeptWhereItServes(Equation equation, boolean symmetric, boolean withE, boolean kept) {
        List<Argument> optional = withE ? List.of(Argument.E) : List.of();
        Map<Argument, INDArray> arguments = EquationSamples.arguments(equation, ORDER, ORDER, optional, 1);
        if (symmetric) {
            INDArray q = arguments.get(Argument.Q);
            arguments.put(Argument.Q, q.add(q.transpose()));
        }
        Map<Argument, ColumnMajor> matrices = new EnumMap<>(Argument.class);
        arguments.forEach((argument, array) -> matrices.put(argument, ColumnMajor.copyOf(argument.name(), array)));
        List<ColumnMajor> factors = SolvedLyapunov.of(equation, matrices).factors();
        assertThat(factors).hasSize(kept ? 4 : 3);
        if (kept) {
            INDArray product = factors.get(0).array().mmul(factors.get(2).array());
            assertThatMatrix(factors.get(3).array()).isWithinRelativeFrobenius(product, 1e-14);
        }
    }
}
