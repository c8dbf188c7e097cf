/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Against the residual of each system, computed with the dense matrix. */
class ConjugateGradientsTest {
    private static final int N = 24;
    private static final double[] SHIFTS = {1e-1, 1e-3, 0, 1e-2, 3};

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void oneIterationSolvesTheSystemsOfAllShifts(long seed) {
        INDArray a = semidefinite(seed).addi(Nd4j.eye(N).castTo(DataType.DOUBLE).muli(0.05));
        INDArray b = RandomMatrices.gaussian(N, 1, seed + 100).reshape(N);

        ConjugateGradients.Result result = new ConjugateGradients(4 * N, 1e-11).solve(a::mmul, b, SHIFTS);

        for (int k = 0; k < SHIFTS.length; k++) {
            INDArray x = result.solutions()[k];
            INDArray residual = a.mmul(x).addi(x.mul(SHIFTS[k])).subi(b);
            // the tolerance, and the rounding of some hundred recurrences at condition about 1e3
            assertThat(residual.norm2Number().doubleValue())
                    .isLessThan(1e-9 * b.norm2Number().doubleValue());
            assertThat(result.relativeResiduals()[k]).isLessThanOrEqualTo(1e-11);
        }
    }

    @Test
    void theNumberOfDistinctEigenvaluesBoundsTheIterations() {
        INDArray vectors = RandomMatrices.orthogonal(N, 5);
        INDArray values = Nd4j.create(DataType.DOUBLE, N);
        for (int i = 0; i < N; i++) {
            values.putScalar(i, 1 + i % 3);
        }
        INDArray a = vectors.mulRowVector(values).mmul(vectors.transpose());
        INDArray b = RandomMatrices.gaussian(N, 1, 6).reshape(N);

        ConjugateGradients.Result result = new ConjugateGradients(N, 1e-10).solve(a::mmul, b);

        assertThat(result.iterations()).isEqualTo(3);
    }

    @Test
    void residualsOfAnUnfinishedIterationAreThoseOfTheSystems() {
        INDArray a = semidefinite(7);
        INDArray b = RandomMatrices.gaussian(N, 1, 8).reshape(N);

        ConjugateGradients.Result result = new ConjugateGradients(4, 1e-12).solve(a::mmul, b, 0.01, 0.5);

        assertThat(result.iterations()).isEqualTo(4);
        double[] shifts = {0.01, 0.5};
        for (int k = 0; k < 2; k++) {
            INDArray x = result.solutions()[k];
            double residual =
                    a.mmul(x).addi(x.mul(shifts[k])).subi(b).norm2Number().doubleValue();
            assertThat(residual / b.norm2Number().doubleValue()).isCloseTo(result.relativeResiduals()[k], within(1e-9));
        }
    }

    @Test
    void aZeroRightSideNeedsNoProduct() {
        ConjugateGradients.Result result = new ConjugateGradients(5, 1e-6)
                .solve(
                        v -> {
                            throw new AssertionError("no product is needed");
                        },
                        Nd4j.zeros(DataType.FLOAT, N),
                        0.1,
                        0.2);

        assertThat(result.iterations()).isZero();
        assertThat(result.solutions()[1].norm2Number().doubleValue()).isZero();
    }

    @Test
    void anOperatorThatReturnsItsArgumentIsNotDisturbed() {
        INDArray b = RandomMatrices.gaussian(N, 1, 9).reshape(N);

        ConjugateGradients.Result result = new ConjugateGradients(5, 1e-12).solve(v -> v, b, 1, 3);

        assertThat(result.solutions()[0].distance2(b.div(2))).isLessThan(1e-13);
        assertThat(result.solutions()[1].distance2(b.div(4))).isLessThan(1e-13);
    }

    @Test
    void anIndefiniteOperatorEndsTheIterationWithTheLastIterate() {
        INDArray b = Nd4j.ones(DataType.DOUBLE, N);

        ConjugateGradients.Result result = new ConjugateGradients(5, 1e-6).solve(v -> v.neg(), b);

        assertThat(result.iterations()).isEqualTo(1);
        assertThat(result.solutions()[0].norm2Number().doubleValue()).isZero();
    }

    @Test
    void anOperatorWithoutCurvatureEndsTheIterationWithTheLastIterate() {
        INDArray b = Nd4j.ones(DataType.DOUBLE, N);

        ConjugateGradients.Result result = new ConjugateGradients(5, 1e-6).solve(v -> v.mul(0), b);

        assertThat(result.iterations()).isEqualTo(1);
        assertThat(result.solutions()[0].norm2Number().doubleValue()).isZero();
    }

    /** A power of two scales every iterate without rounding, so that the count of products cannot depend on it. */
    @Test
    void theToleranceIsRelativeToTheRightSide() {
        INDArray a = semidefinite(10).addi(Nd4j.eye(N).castTo(DataType.DOUBLE).muli(0.05));
        INDArray b = RandomMatrices.gaussian(N, 1, 11).reshape(N);
        ConjugateGradients solver = new ConjugateGradients(4 * N, 1e-3);

        int iterations = solver.solve(a::mmul, b).iterations();

        assertThat(iterations).isBetween(2, N);
        assertThat(solver.solve(a::mmul, b.mul(0x1p20)).iterations()).isEqualTo(iterations);
        assertThat(solver.solve(a::mmul, b.mul(0x1p-20)).iterations()).isEqualTo(iterations);
    }

    @Test
    void numbersThatAreNotFiniteAreRefusedWhereTheyArise() {
        ConjugateGradients once = new ConjugateGradients(1, 0.1);
        INDArray b = Nd4j.ones(DataType.DOUBLE, 2);
        assertThatThrownBy(() -> once.solve(v -> v, b.dup().putScalar(1, Double.NaN)))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("iteration 0");
        // every entry of A p is finite, p^T A p = 2e308 is not
        assertThatThrownBy(() -> once.solve(v -> v.mul(1e308), b))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("iteration 1");
        // p^T A p = 1e-220, the step 1e220 is finite, the residual 1e160 has no finite square
        INDArray diagonal = Nd4j.createFromArray(1e100, 0.0);
        assertThatThrownBy(() -> once.solve(diagonal::mul, Nd4j.createFromArray(1e-160, 1.0)))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("iteration 1");
    }

    @Test
    void misuseIsNamed() {
        INDArray b = Nd4j.ones(DataType.DOUBLE, N);
        assertThatThrownBy(() -> new ConjugateGradients(0, 0.1)).hasMessageContaining("maximumIterations");
        assertThatThrownBy(() -> new ConjugateGradients(1, 0)).hasMessageContaining("tolerance");
        assertThatThrownBy(() -> new ConjugateGradients(1, 1)).hasMessageContaining("tolerance");
        assertThatThrownBy(() -> new ConjugateGradients(1, 0.1).solve(v -> v, b, new double[0]))
                .hasMessageContaining("shifts is empty");
        assertThatThrownBy(() -> new ConjugateGradients(1, 0.1).solve(v -> v, b, -1))
                .hasMessageContaining("shifts must be non-negative");
        assertThatThrownBy(() -> new ConjugateGradients(1, 0.1).solve(v -> v, b, Double.POSITIVE_INFINITY))
                .hasMessageContaining("shifts must be non-negative and finite");
        assertThatThrownBy(() ->
                        new ConjugateGradients(1, 0.1).solve(v -> v.dup().putScalar(0, Double.NaN), b))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("iteration 1");
    }

    private static INDArray semidefinite(long seed) {
        INDArray g = RandomMatrices.gaussian(N, N - 4, seed);
        return g.mmul(g.transpose()).divi(N);
    }
}
