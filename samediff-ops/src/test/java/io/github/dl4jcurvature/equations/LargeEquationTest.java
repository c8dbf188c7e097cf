/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import io.github.dl4jcurvature.linalg.SingularEquationException;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.bytedeco.openblas.global.openblas;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Orders at which recursion, doubling and OpenBLAS' threaded routines are at work. */
@Isolated("changes the number of BLAS threads of the process")
class LargeEquationTest {
    private static final int ORDER = 170;
    private static final int INPUTS = 17;
    private static final int JAVA_THREADS = 4;

    private final int threadsBefore = openblas.blas_get_num_threads();

    @AfterEach
    void restoreThreads() {
        openblas.blas_set_num_threads(threadsBefore);
    }

    @ParameterizedTest
    @EnumSource(Equation.class)
    void solutionsAreRight(Equation equation) {
        Map<Argument, INDArray> arguments = sample(equation);
        Solution solution = equation.solve(arguments);
        // residuals of Schur methods are a small multiple of n eps = 4e-14
        assertThat(EquationResiduals.relative(equation, arguments, solution.solution()))
                .isLessThan(1e-12);
        INDArray gain = equation.isRiccati() ? solution.gain() : null;
        assertThat(EquationResiduals.isStabilising(arguments, gain, equation)).isTrue();
    }

    /** The number of threads changes the order of sums only; a race or an overrun stack errs by O(1) or ends the process. */
    @ParameterizedTest(name = "{0} BLAS threads")
    @ValueSource(ints = {1, 2})
    void severalThreadsSolveAndDifferentiate(int blasThreads) throws Exception {
        Map<Equation, Map<Argument, INDArray>> expected = new EnumMap<>(Equation.class);
        openblas.blas_set_num_threads(1);
        for (Equation equation : Equation.values()) {
            expected.put(equation, solvedAndDifferentiated(equation));
        }
        openblas.blas_set_num_threads(blasThreads);
        ExecutorService threads = Executors.newFixedThreadPool(JAVA_THREADS);
        try {
            List<Future<?>> runs = new ArrayList<>();
            for (int i = 0; i < JAVA_THREADS; i++) {
                runs.add(threads.submit(() -> expected.forEach((equation, gradients) -> solvedAndDifferentiated(
                                equation)
                        .forEach((argument, gradient) -> assertThatMatrix(gradient)
                                .as("%s with respect to %s", equation, argument)
                                .isWithinRelativeFrobenius(Objects.requireNonNull(gradients.get(argument)), 1e-8)))));
            }
            for (Future<?> run : runs) {
                run.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Both before Newton's corrections: 1e-9 or less apart with one BLAS, 1.2e-9 with another; zero would be off by 1. */
    @ParameterizedTest
    @EnumSource(names = {"CARE", "DARE"})
    void doublingAndSchurFormFindTheSameSolution(Equation equation) {
        RiccatiForm form = form(equation, sample(equation));
        ColumnMajor doubled = Objects.requireNonNull(form.doubled());

        assertThatMatrix(doubled.array())
                .isWithinRelativeFrobenius(form.bySchurForm().array(), 1e-8);
    }

    /** A diagonal equation with eigenvalues from 1e-6 to 1e4. */
    @Test
    void badlyScaledEquationIsSolvedToRounding() {
        INDArray spread = Nd4j.createUninitialized(DataType.DOUBLE, ORDER);
        for (int i = 0; i < ORDER; i++) {
            spread.putScalar(i, Math.pow(10, -6 + 10.0 * i / (ORDER - 1)));
        }
        INDArray identity = EquationResiduals.identity(ORDER);
        Map<Argument, INDArray> arguments = new EnumMap<>(Argument.class);
        arguments.put(Argument.A, Nd4j.diag(spread));
        arguments.put(Argument.B, identity);
        arguments.put(Argument.Q, Nd4j.diag(spread.mul(spread)));
        arguments.put(Argument.R, identity);

        // each element solves x^2 - 2 a x - a^2 = 0
        INDArray expected = Nd4j.diag(spread.mul(1 + Math.sqrt(2)));
        assertThatMatrix(Equation.CARE.solve(arguments).solution()).isWithinRelativeFrobenius(expected, 1e-12);
    }

    /** Without feedback the closed loop has eigenvalues 1 and -1, for which Newton's method is not defined. */
    @Test
    void aUselessResultOfDoublingIsReplaced() {
        INDArray a = Nd4j.createFromArray(new double[][] {{1, 0}, {0, -1}});
        INDArray identity = EquationResiduals.identity(2);
        Map<Argument, INDArray> arguments =
                Map.of(Argument.A, a, Argument.B, identity, Argument.Q, identity, Argument.R, identity);
        RiccatiForm misled = new MisledForm(form(Equation.CARE, arguments));

        // x^2 - 2 a x - 1 = 0
        INDArray expected = Nd4j.createFromArray(new double[][] {{1 + Math.sqrt(2), 0}, {0, Math.sqrt(2) - 1}});
        assertThatMatrix(StabilisingSolution.of(misled).x().array()).isWithinRelativeFrobenius(expected, 1e-14);
    }

    /** What doubling cannot solve is diagnosed by the Schur form. */
    @ParameterizedTest
    @EnumSource(names = {"CARE", "DARE"})
    void unreachableInstabilityIsRefused(Equation equation) {
        Map<Argument, INDArray> arguments = sample(equation);
        INDArray a = arguments.get(Argument.A);
        INDArray b = arguments.get(Argument.B);
        a.getRow(ORDER - 1).assign(0);
        a.putScalar(ORDER - 1, ORDER - 1, 3);
        b.getRow(ORDER - 1).assign(0);

        assertThatThrownBy(() -> equation.solve(arguments))
                .isInstanceOf(SingularEquationException.class)
                .hasMessageContaining("make (A, B) stabilisable");
    }

    /** Solution, gain and both Schur factors, and little else: 3 n^2 + m n numbers, counted in bytes. */
    @Test
    void stateOfARiccatiEquationIsSmall() {
        INDArray state = Equation.CARE.solve(sample(Equation.CARE)).state();
        long bytes = state.length() * state.dataType().width();

        assertThat(bytes).isLessThan(4L * ORDER * ORDER * Double.BYTES);
    }

    private static Map<Argument, INDArray> sample(Equation equation) {
        int columns = equation.isRiccati() ? INPUTS : ORDER;
        return EquationSamples.arguments(equation, ORDER, columns, List.of(), 3);
    }

    private static Map<Argument, INDArray> solvedAndDifferentiated(Equation equation) {
        Solution solution = equation.solve(sample(equation));
        INDArray cotangent = RandomMatrices.gaussian(ORDER, ORDER, 4);
        return solution.gradients(Map.of(Output.SOLUTION, cotangent));
    }

    private static RiccatiForm form(Equation equation, Map<Argument, INDArray> arguments) {
        Map<Argument, ColumnMajor> matrices = new EnumMap<>(Argument.class);
        arguments.forEach((argument, array) -> matrices.put(argument, ColumnMajor.copyOf(argument.name(), array)));
        return RiccatiForm.of(
                equation,
                Terms.get(matrices, Argument.A),
                Terms.get(matrices, Argument.B),
                Terms.get(matrices, Argument.Q),
                Terms.get(matrices, Argument.R),
                null);
    }
}
