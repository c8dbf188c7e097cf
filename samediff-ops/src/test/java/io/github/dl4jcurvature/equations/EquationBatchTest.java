/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EquationBatchTest {

    /** The host's slices of some of these have no elements. */
    @Test
    void aBatchMayBeStoredInAnyWay() {
        Map<Argument, INDArray> single = EquationSamples.arguments(Equation.LYAPUNOV, 4, 4, List.of(), 1);
        INDArray expected = Equation.LYAPUNOV.solve(single).solution();
        for (int size = 1; size <= 3; size++) {
            for (int storage = 0; storage < 4; storage++) {
                Map<Argument, INDArray> batch = new EnumMap<>(Argument.class);
                for (Argument argument : single.keySet()) {
                    batch.put(argument, stored(single.get(argument), size, storage));
                }
                INDArray solutions = Equation.LYAPUNOV.solve(batch).solution();
                INDArray rows = solutions.dup('c').reshape('c', size, 16);
                for (int i = 0; i < size; i++) {
                    assertThatMatrix(rows.getRow(i).reshape('c', 4, 4)).isBitEqualTo(expected);
                }
            }
        }
    }

    /** Copies of a matrix, in order 'c' or 'f', contiguous or a block of a larger array. */
    private static INDArray stored(INDArray matrix, int size, int storage) {
        INDArray[] copies = new INDArray[size];
        Arrays.fill(copies, matrix);
        INDArray batch = Nd4j.stack(0, copies);
        char order = storage % 2 == 0 ? 'c' : 'f';
        if (storage < 2) {
            return batch.dup(order);
        }
        INDArray larger = Nd4j.create(DataType.DOUBLE, new long[] {size + 2, 6, 6}, order);
        return larger.get(NDArrayIndex.interval(1, size + 1), NDArrayIndex.interval(1, 5), NDArrayIndex.interval(1, 5))
                .reshape(size, 4, 4)
                .assign(batch);
    }

    @ParameterizedTest
    @EnumSource(Equation.class)
    void aBatchIsSolvedLikeItsPartsAndSharedArgumentsGetSummedGradients(Equation equation) {
        // A is shared, the others come in a batch
        List<Map<Argument, INDArray>> parts = new ArrayList<>();
        Map<Argument, INDArray> first = EquationSamples.arguments(equation, 4, 2, equation.optional(), 1);
        for (int i = 0; i < 3; i++) {
            Map<Argument, INDArray> part = EquationSamples.arguments(equation, 4, 2, equation.optional(), i + 1);
            part.put(Argument.A, first.get(Argument.A));
            if (first.containsKey(Argument.E)) {
                part.put(Argument.E, first.get(Argument.E));
            }
            parts.add(part);
        }
        Map<Argument, INDArray> batch = new EnumMap<>(first);
        for (Argument argument : first.keySet()) {
            if (argument != Argument.A && argument != Argument.E) {
                batch.put(
                        argument,
                        Nd4j.stack(
                                0,
                                parts.stream().map(part -> part.get(argument)).toArray(INDArray[]::new)));
            }
        }

        Solution solution = equation.solve(batch);
        Map<Output, INDArray> cotangents = EquationSamples.cotangents(solution, equation, 5);
        Map<Argument, INDArray> gradients = solution.gradients(cotangents);
        Map<Output, INDArray> derivatives = solution.derivatives(EquationSamples.ones(batch));

        Map<Argument, INDArray> sums = new EnumMap<>(Argument.class);
        for (int i = 0; i < 3; i++) {
            Solution part = equation.solve(parts.get(i));
            Map<Output, INDArray> own = new EnumMap<>(Output.class);
            for (Output output : equation.outputs()) {
                assertThatMatrix(solution.value(output).slice(i)).isBitEqualTo(part.value(output));
                own.put(output, cotangents.get(output).slice(i));
            }
            int index = i;
            part.derivatives(EquationSamples.ones(parts.get(i)))
                    .forEach((output, derivative) -> assertThatMatrix(
                                    derivatives.get(output).slice(index))
                            .isBitEqualTo(derivative));
            for (Map.Entry<Argument, INDArray> gradient : part.gradients(own).entrySet()) {
                INDArray whole = gradients.get(gradient.getKey());
                if (whole.rank() == 3) {
                    assertThatMatrix(whole.slice(i)).isBitEqualTo(gradient.getValue());
                } else {
                    sums.merge(gradient.getKey(), gradient.getValue(), INDArray::add);
                }
            }
        }
        sums.forEach(
                (argument, sum) -> assertThatMatrix(gradients.get(argument)).isWithinRelativeFrobenius(sum, 1e-14));
        assertThat(sums).containsKey(Argument.A);
    }

    @Test
    void batchSizesMustAgree() {
        Map<Argument, INDArray> arguments = Map.of(
                Argument.A, Nd4j.create(DataType.DOUBLE, 2, 3, 3),
                Argument.Q, Nd4j.create(DataType.DOUBLE, 4, 3, 3));
        assertThatThrownBy(() -> Equation.LYAPUNOV.solve(arguments))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("batch size");
    }

    @Test
    void anEmptyBatchHasAnEmptySolutionAndNoGradient() {
        Map<Argument, INDArray> arguments = Map.of(
                Argument.A, EquationResiduals.identity(3),
                Argument.Q, Nd4j.create(DataType.DOUBLE, 0, 3, 3));
        Solution solution = Equation.LYAPUNOV.solve(arguments);
        assertThat(solution.solution().shape()).containsExactly(0, 3, 3);
        assertThat(Solution.restore(Equation.LYAPUNOV, arguments, solution.state())
                        .solution()
                        .shape())
                .containsExactly(0, 3, 3);
    }

    @ParameterizedTest
    @EnumSource(Equation.class)
    void floatsAreComputedInDoubleAndRoundedOnce(Equation equation) {
        Map<Argument, INDArray> floats = new EnumMap<>(Argument.class);
        Map<Argument, INDArray> doubles = new EnumMap<>(Argument.class);
        EquationSamples.arguments(equation, 6, 3, equation.optional(), 1).forEach((argument, value) -> {
            floats.put(argument, value.castTo(DataType.FLOAT));
            doubles.put(argument, floats.get(argument).castTo(DataType.DOUBLE));
        });
        Solution single = equation.solve(floats);
        Solution exact = equation.solve(doubles);
        Map<Output, INDArray> cotangents = EquationSamples.cotangents(exact, equation, 3);

        for (Output output : equation.outputs()) {
            assertThatMatrix(single.value(output))
                    .isBitEqualTo(exact.value(output).castTo(DataType.FLOAT));
        }
        single.gradients(cotangents)
                .forEach((argument, gradient) -> assertThatMatrix(gradient)
                        .isBitEqualTo(exact.gradients(cotangents).get(argument).castTo(DataType.FLOAT)));
    }

    @ParameterizedTest
    @EnumSource(Equation.class)
    void fourThreadsGetTheSameBits(Equation equation) throws Exception {
        Map<Argument, INDArray> arguments = EquationSamples.arguments(equation, 60, 20, List.of(), 1);
        INDArray expected = equation.solve(arguments).solution();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<INDArray>> tasks = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                tasks.add(() -> equation.solve(arguments).solution());
            }
            for (Future<INDArray> solution : threads.invokeAll(tasks)) {
                assertThatMatrix(solution.get()).isBitEqualTo(expected);
            }
        } finally {
            threads.shutdown();
        }
    }
}
