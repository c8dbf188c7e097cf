/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import io.github.dl4jcurvature.linalg.ColumnMajor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Singular values that are known: rectangular diagonal matrices with the values 4, 2, 1, whose solutions are written down, and a sum of
 * products of orthonormal vectors.
 */
class FeatureSolverTest {
    private static final double[] VALUES = {4, 2, 1};
    private static final INDArray TARGETS =
            Nd4j.createFromArray(new double[][] {{1, -2}, {0.5, 3}, {-1, 0.25}, {2, 1}});

    /** Shape [3, 4], or [4, 3]. */
    private static INDArray diagonal(boolean wide, double... values) {
        double[][] a = new double[wide ? 3 : 4][wide ? 4 : 3];
        for (int i = 0; i < 3; i++) {
            a[i][i] = values[i];
        }
        return Nd4j.createFromArray(a);
    }

    private static FeatureStep solve(FeatureSolver solver, INDArray a, INDArray t) {
        return solver.solve(ColumnMajor.copyOf("a", a), ColumnMajor.copyOf("t", t));
    }

    /** The first three rows of the targets, each times the filtered inverse of its singular value. */
    private static void assertStep(boolean wide, FeatureSolver solver, int rank, double condition, double... inverse) {
        INDArray targets = wide ? TARGETS.get(NDArrayIndex.interval(0, 3)) : TARGETS;
        double[][] parameters = new double[wide ? 4 : 3][2];
        double[][] achieved = new double[wide ? 3 : 4][2];
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 2; j++) {
                parameters[i][j] = inverse[i] * TARGETS.getDouble(i, j);
                achieved[i][j] = VALUES[i] * parameters[i][j];
            }
        }
        FeatureStep step = solve(solver, diagonal(wide, VALUES), targets);
        assertThatMatrix(step.parameters().array()).isWithinAbsolute(Nd4j.createFromArray(parameters), 1e-14);
        assertThatMatrix(step.achieved().array()).isWithinAbsolute(Nd4j.createFromArray(achieved), 1e-14);
        assertThat(step.rank()).isEqualTo(rank);
        assertThat(step.condition()).isCloseTo(condition, within(1e-14));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void truncationKeepsSingularValuesThatAreAtLeastBothBounds(boolean wide) {
        assertStep(wide, FeatureSolver.truncated(0.25, 0), 3, 4, 0.25, 0.5, 1);
        assertStep(wide, FeatureSolver.truncated(0.26, 0), 2, 2, 0.25, 0.5, 0);
        assertStep(wide, FeatureSolver.truncated(0.5, 0), 2, 2, 0.25, 0.5, 0);
        assertStep(wide, FeatureSolver.truncated(0.51, 0), 1, 1, 0.25, 0, 0);
        assertStep(wide, FeatureSolver.truncated(0, 1.5), 2, 2, 0.25, 0.5, 0);
        assertStep(wide, FeatureSolver.truncated(0.3, 3), 1, 1, 0.25, 0, 0);
        assertStep(wide, FeatureSolver.truncated(0.6, 0.5), 1, 1, 0.25, 0, 0);
    }

    /** s / (s^2 + lambda); the condition of A^T A + lambda in the 1-norm is (16 + 3) / (1 + 3). */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void dampingFiltersSingularValues(boolean wide) {
        assertStep(wide, FeatureSolver.damped(3), 3, Math.sqrt(19.0 / 4), 4.0 / 19, 2.0 / 7, 1.0 / 4);
        assertStep(wide, FeatureSolver.relativelyDamped(0.25), 3, 4, 4.0 / 20, 2.0 / 8, 1.0 / 5);
    }

    @ParameterizedTest
    @CsvSource({"true, 0", "false, 0", "true, 1e-3", "false, 1e-3"})
    void singularValuesOfZeroAreNeverKept(boolean wide, double fraction) {
        INDArray targets = Nd4j.ones(DataType.DOUBLE, wide ? 3 : 4, 2);
        FeatureSolver solver = fraction == 0 ? FeatureSolver.truncated(0, 0) : FeatureSolver.relativelyDamped(fraction);
        FeatureStep deficient = solve(solver, diagonal(wide, 4, 2, 0), targets);
        assertThat(deficient.rank()).isEqualTo(2);
        assertThat(deficient.condition()).isCloseTo(2, within(1e-14));
        assertThat(deficient.parameters().array().getDouble(2, 0)).isZero();
        FeatureStep none = solve(solver, diagonal(wide, 0, 0, 0), targets);
        assertThat(none.rank()).isZero();
        assertThat(none.condition()).isEqualTo(1);
        assertThat(none.parameters().array().norm2Number().doubleValue()).isZero();
        assertThat(none.parameters().array().shape()).containsExactly(wide ? 4 : 3, 2);
        assertThat(none.achieved().array().norm2Number().doubleValue()).isZero();
        assertThat(none.achieved().array().shape()).containsExactly(wide ? 3 : 4, 2);
    }

    /**
     * Singular values 1, 1e-3 and 1e-5. Squaring alone loses ten digits: the solution would err by about 1e-6; one refinement brings
     * that to about 1e-11, condition times machine epsilon. The targets are projected on the range of A, for a remainder that no solution
     * reaches has an error of the squared condition itself.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void refinementRestoresTheAccuracyThatSquaringLoses(boolean wide) {
        double[] values = {1, 1e-3, 1e-5};
        double[][] left = reflection(wide ? 3 : 4, 0.3);
        double[][] right = reflection(wide ? 4 : 3, 0.7);
        double[][] a = new double[left.length][right.length];
        double[][] inverse = new double[right.length][left.length];
        for (int i = 0; i < left.length; i++) {
            for (int j = 0; j < right.length; j++) {
                for (int k = 0; k < 3; k++) {
                    a[i][j] += values[k] * left[i][k] * right[j][k];
                    inverse[j][i] += left[i][k] * right[j][k] / values[k];
                }
            }
        }
        double[][] range = new double[left.length][left.length];
        for (int i = 0; i < left.length; i++) {
            for (int j = 0; j < left.length; j++) {
                for (int k = 0; k < 3; k++) {
                    range[i][j] += left[i][k] * left[j][k];
                }
            }
        }
        INDArray targets = Nd4j.createFromArray(range).mmul(TARGETS.get(NDArrayIndex.interval(0, left.length)));
        FeatureStep step = solve(FeatureSolver.truncated(1e-8, 0), Nd4j.createFromArray(a), targets);
        INDArray u = step.parameters().array();
        assertThatMatrix(u)
                .isWithinRelativeFrobenius(Nd4j.createFromArray(inverse).mmul(targets), 1e-10);
        assertThatMatrix(step.achieved().array())
                .isWithinRelativeFrobenius(Nd4j.createFromArray(a).mmul(u), 1e-10);
        assertThat(step.condition()).isCloseTo(1e5, within(1.0));
    }

    /** The orthogonal matrix I - 2 v v^T / v^T v. */
    private static double[][] reflection(int n, double first) {
        double[] v = new double[n];
        double square = 0;
        for (int i = 0; i < n; i++) {
            v[i] = first + i;
            square += v[i] * v[i];
        }
        double[][] q = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                q[i][j] = (i == j ? 1 : 0) - 2 * v[i] * v[j] / square;
            }
        }
        return q;
    }
}
