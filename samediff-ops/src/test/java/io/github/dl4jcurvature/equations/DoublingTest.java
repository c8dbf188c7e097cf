/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.equations;

import java.util.List;
import java.util.Map;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * The quick way to Riccati solutions by itself, since a slower one stands in where it fails: scalar equations by the formula for
 * quadratic ones, matrices by their residual.
 */
class DoublingTest {
    private static ColumnMajor matrix(INDArray array) {
        return ColumnMajor.copyOf("matrix", array);
    }

    private static CrossFree scalar(double a, double g, double q) {
        return new CrossFree(number(a), number(g), number(q));
    }

    private static ColumnMajor number(double value) {
        return matrix(Nd4j.createFromArray(new double[][] {{value}}));
    }

    private static double value(@Nullable ColumnMajor solution) {
        assertThat(solution).isNotNull();
        return solution.array().getDouble(0, 0);
    }

    /** The positive root of g x^2 + p x - q, without cancellation. */
    private static double root(double g, double p, double q) {
        double discriminant = Math.sqrt(p * p + 4 * g * q);
        return p > 0 ? 2 * q / (p + discriminant) : (discriminant - p) / (2 * g);
    }

    /** x = q + a^2 x / (1 + g x) is g x^2 + (1 - a^2 - g q) x - q = 0; sizes of the solution from 1e-8 to 1e8. */
    @ParameterizedTest
    @ValueSource(doubles = {1e-8, 1, 1e8})
    void discreteScalarEquationsHaveTheRootsOfQuadraticOnes(double size) {
        for (int i = 0; i < 60; i++) {
            double a = 0.05 * i;
            double x = value(Doubling.solve(scalar(a, 0.7 / size, 1.3 * size)));
            double expected = size * root(0.7, 1 - a * a - 0.7 * 1.3, 1.3);
            assertThat(x).as("a = %s", a).isCloseTo(expected, within(1e-14 * expected));
        }
    }

    /** 2 a x - g x^2 + q = 0. */
    @ParameterizedTest
    @CsvSource({"-1.5, 1", "0, 1", "0.8, 1", "0.8, 1e-6", "0.8, 1e6"})
    void continuousScalarEquationsHaveTheRootsOfQuadraticOnes(double a, double size) {
        double x = value(CayleyTransform.solve(scalar(a, 0.7 / size, 1.3 * size)));
        double expected = size * root(0.7, -2 * a, 1.3);
        assertThat(x).isCloseTo(expected, within(1e-13 * expected));
    }

    @Test
    void whatDoesNotConvergeHasNoSolution() {
        assertThat(Doubling.solve(scalar(1, 0, 1))).isNull(); // x = x + 1
        assertThat(Doubling.solve(scalar(2, 0, 1))).isNull(); // overflows
        assertThat(Doubling.solve(scalar(1, -1, 1))).isNull(); // 1 + g h = 0
        assertThat(CayleyTransform.solve(scalar(0, 0, 1))).isNull(); // 0 = 1
    }

    /** Five states, two inputs, with and without cross costs; the condition of the systems is below 1e3. */
    @ParameterizedTest
    @CsvSource({"CARE, false", "CARE, true", "DARE, false", "DARE, true"})
    void matricesSolveTheEquationTheyWereReducedFrom(Equation equation, boolean cross) {
        List<Argument> optional = cross ? List.of(Argument.S) : List.of();
        for (long seed = 1; seed <= 5; seed++) {
            Map<Argument, INDArray> in = EquationSamples.arguments(equation, 5, 2, optional, seed);
            CrossFree reduced = CrossFree.of(
                    "R",
                    matrix(in.get(Argument.A)),
                    matrix(in.get(Argument.B)),
                    matrix(in.get(Argument.Q)),
                    matrix(in.get(Argument.R)),
                    cross ? matrix(in.get(Argument.S)) : null);
            ColumnMajor x = equation == Equation.CARE ? CayleyTransform.solve(reduced) : Doubling.solve(reduced);
            assertThat(x).isNotNull();
            assertThat(EquationResiduals.relative(equation, in, x.array())).isLessThan(1e-13);
            assertThatMatrix(x.array()).isSymmetric();
        }
    }

    @Test
    void reductionRemovesInputsAndCrossCosts() {
        INDArray a = RandomMatrices.gaussian(3, 3, 1);
        INDArray b = RandomMatrices.gaussian(3, 2, 2);
        INDArray q = Nd4j.createFromArray(new double[][] {{3, 1, 0}, {1, 4, 0.5}, {0, 0.5, 2}});
        INDArray r = Nd4j.createFromArray(new double[][] {{2, 0.5}, {0.5, 1}});
        INDArray s = RandomMatrices.gaussian(3, 2, 3);
        INDArray rb = EquationResiduals.solve(r, b.transpose());
        INDArray rs = EquationResiduals.solve(r, s.transpose());

        CrossFree with = CrossFree.of("R", matrix(a), matrix(b), matrix(q), matrix(r), matrix(s));
        assertThatMatrix(with.a().array()).isWithinRelativeFrobenius(a.sub(b.mmul(rs)), 1e-14);
        assertThatMatrix(with.g().array()).isWithinRelativeFrobenius(b.mmul(rb), 1e-14);
        assertThatMatrix(with.q().array()).isWithinRelativeFrobenius(q.sub(s.mmul(rs)), 1e-14);
        CrossFree without = CrossFree.of("R", matrix(a), matrix(b), matrix(q), matrix(r), null);
        assertThatMatrix(without.a().array()).isWithinRelativeFrobenius(a, 1e-16);
        assertThatMatrix(without.q().array()).isWithinRelativeFrobenius(q, 1e-16);
    }
}
