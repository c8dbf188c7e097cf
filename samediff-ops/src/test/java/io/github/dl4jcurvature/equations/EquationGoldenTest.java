/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;

/** Values and gradients of 50-digit arithmetic. */
class EquationGoldenTest {

    static Stream<EquationCase> cases() {
        return EquationCase.in("golden");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void valuesAndGradientsAreThoseOfFiftyDigits(EquationCase golden) {
        double tolerance = golden.number("rel_tol");
        Solution solution = golden.equation().solve(golden.inputs());

        golden.outputs("outputs")
                .forEach((output, expected) ->
                        assertThatMatrix(solution.value(output)).isWithinRelativeFrobenius(expected, tolerance));
        Map<Argument, INDArray> gradients = solution.gradients(golden.outputs("cotangents"));
        golden.gradients()
                .forEach((argument, expected) -> assertThatMatrix(gradients.get(argument))
                        .as("gradient of %s", argument)
                        .isWithinRelativeFrobenius(expected, tolerance));
    }
}
