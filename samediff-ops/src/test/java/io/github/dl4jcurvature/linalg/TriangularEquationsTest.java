/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.NormOps_DDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jcurvature.linalg.TestMatrices.array;
import static io.github.dl4jcurvature.linalg.TestMatrices.ejml;
import static io.github.dl4jcurvature.linalg.TestMatrices.gaussian;
import static io.github.dl4jcurvature.linalg.TestMatrices.product;
import static io.github.dl4jcurvature.linalg.TestMatrices.relativeError;
import static io.github.dl4jcurvature.linalg.TestMatrices.transpose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Right-hand sides are computed by EJML from known solutions. The eigenvalues of the factors have real parts of at least
 * 1, those of contractions moduli of at most 0.8, and the elements beside the diagonal blocks are small, so that the
 * operators have conditions below 100: errors stay below 1e-12, a wrong block errs by 0.01 or more.
 */
class TriangularEquationsTest {
    private static final double TOLERANCE = 1e-12;

    /** Quasi-triangular with blocks of order 1 and 2 in random sequence. */
    private static DMatrixRMaj schurFactor(int n, double scale, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        DMatrixRMaj t = new DMatrixRMaj(n, n);
        for (int i = 0; i < n; i++) {
            for (int j = i; j < n; j++) {
                t.set(i, j, i == j ? 1 + random.nextDouble() : random.nextGaussian() / n);
            }
        }
        for (int i = 0; i + 1 < n; i++) {
            if (random.nextBoolean()) {
                t.set(i + 1, i + 1, t.get(i, i));
                t.set(i, i + 1, 0.5 + random.nextDouble());
                t.set(i + 1, i, -0.5);
                i++;
            }
        }
        CommonOps_DDRM.scale(scale, t);
        return t;
    }

    private static DMatrixRMaj symmetric(int n, long seed) {
        DMatrixRMaj g = gaussian(n, n, seed);
        return CommonOps_DDRM.add(g, transpose(g), null);
    }

    private static DMatrixRMaj sum(DMatrixRMaj a, double factor, DMatrixRMaj b) {
        return CommonOps_DDRM.add(a, factor, b, null);
    }

    private static MatrixView view(DMatrixRMaj t, boolean transposed, boolean block) {
        Layout layout = block ? Layout.COLUMN_MAJOR_BLOCK : Layout.COLUMN_MAJOR;
        MatrixView view = MatrixView.of(layout.store(t, DataType.DOUBLE));
        return transposed ? view.transposed() : view;
    }

    private static DMatrixRMaj oriented(DMatrixRMaj t, boolean transposed) {
        return transposed ? transpose(t) : t;
    }

    @FunctionalInterface
    private interface Solver {
        void solve(MatrixView a, MatrixView b, MatrixView f);
    }

    @FunctionalInterface
    private interface Operator {
        DMatrixRMaj apply(DMatrixRMaj a, DMatrixRMaj b, DMatrixRMaj y);
    }

    /** Both factors as they are and transposed, the right-hand side in every layout. */
    private static void assertSolved(
            int m, int n, double scaleA, double scaleB, long seed, Solver solver, Operator operator) {
        DMatrixRMaj a = schurFactor(m, scaleA, seed);
        DMatrixRMaj b = schurFactor(n, scaleB, seed + 1);
        DMatrixRMaj y = gaussian(m, n, seed + 2);
        for (int form = 0; form < 4; form++) {
            boolean transposeA = (form & 1) != 0;
            boolean transposeB = (form & 2) != 0;
            DMatrixRMaj rhs = operator.apply(oriented(a, transposeA), oriented(b, transposeB), y);
            for (Layout layout : Layout.values()) {
                INDArray f = layout.store(rhs, DataType.DOUBLE);
                solver.solve(view(a, transposeA, form == 3), view(b, transposeB, form == 0), MatrixView.of(f));
                assertThat(relativeError(f, y)).as("form %s, %s", form, layout).isLessThan(TOLERANCE);
                double[] around = Layout.memory(f.assign(1.0));
                assertThat(around)
                        .isEqualTo(
                                Layout.memory(layout.store(rhs, DataType.DOUBLE).assign(1.0)));
            }
        }
    }

    /** m, n and a seed; about the size of a leaf, and beyond order 128. */
    static Stream<Arguments> sizes() {
        int[][] sizes = {
            {1, 1},
            {2, 3},
            {5, 4},
            {16, 16},
            {17, 16},
            {16, 17},
            {9, 34},
            {36, 7},
            {70, 51},
            {51, 70},
            {18, 18},
            {22, 40},
            {150, 131},
            {131, 150}
        };
        return IntStream.range(0, sizes.length).mapToObj(i -> arguments(sizes[i][0], sizes[i][1], i + 1L));
    }

    @ParameterizedTest(name = "{0} x {1}, seed {2}")
    @MethodSource("sizes")
    void sylvesterEquationsAreSolved(int m, int n, long seed) {
        assertSolved(m, n, 1, 1, seed, TriangularSylvester::solve, (a, b, y) -> sum(product(a, y), 1, product(y, b)));
    }

    /** From order 128 on, products with B leave out the half that is zero. */
    @ParameterizedTest(name = "{0} x {1}, seed {2}")
    @MethodSource("sizes")
    void steinEquationsAreSolved(int m, int n, long seed) {
        assertSolved(m, n, 0.3, 0.3, seed, TriangularStein::solve, (a, b, y) -> sum(y, -1, product(product(a, y), b)));
    }

    @ParameterizedTest(name = "order {0}, seed {1}")
    @CsvSource({
        "1, 1", "2, 2", "3, 3", "16, 4", "17, 5", "18, 6", "33, 7", "34, 8", "60, 9", "101, 10", "270, 11", "271, 12"
    })
    void symmetricEquationsAreSolved(int n, long seed) {
        DMatrixRMaj t = schurFactor(n, 1, seed);
        DMatrixRMaj small = schurFactor(n, 0.3, seed);
        DMatrixRMaj y = symmetric(n, seed + 1);
        for (boolean transposed : new boolean[] {false, true}) {
            DMatrixRMaj a = oriented(t, transposed);
            INDArray f = array(sum(product(a, y), 1, product(y, transpose(a)))).dup('f');
            TriangularLyapunov.solve(view(t, transposed, false), MatrixView.of(f));
            assertThat(relativeError(f, y)).as("Lyapunov, %s", transposed).isLessThan(TOLERANCE);

            DMatrixRMaj c = oriented(small, transposed);
            INDArray g = array(sum(y, -1, product(product(c, y), transpose(c)))).dup('f');
            TriangularStein.solveSymmetric(view(small, transposed, true), MatrixView.of(g));
            assertThat(relativeError(g, y)).as("Stein, %s", transposed).isLessThan(TOLERANCE);
        }
    }

    /** All diagonal elements of the system of four unknowns are zero; the eigenvalues are 2i and -2i, i and -i. */
    @Test
    void rowsAreExchangedWhereAPivotIsZero() {
        DMatrixRMaj a = new DMatrixRMaj(new double[][] {{0, 1}, {-4, 0}});
        DMatrixRMaj b = new DMatrixRMaj(new double[][] {{0, 1}, {-1, 0}});
        DMatrixRMaj y = new DMatrixRMaj(new double[][] {{1, 2}, {3, 5}});
        INDArray f = array(sum(product(a, y), 1, product(y, b))).dup('f');
        TriangularSylvester.solve(view(a, false, false), view(b, false, false), MatrixView.of(f));
        assertThat(relativeError(f, y)).isLessThan(1e-15);
    }

    /** The larger of two pivots is taken: the other one is 1e-20. */
    @Test
    void smallPivotsAreAvoided() {
        DMatrixRMaj a = new DMatrixRMaj(new double[][] {{1e-20, 1}, {-1, 1e-20}});
        DMatrixRMaj b = new DMatrixRMaj(new double[][] {{0}});
        INDArray f = Nd4j.createFromArray(new double[][] {{1}, {1}}).dup('f');
        TriangularSylvester.solve(view(a, false, false), view(b, false, false), MatrixView.of(f));
        assertThat(relativeError(f, new DMatrixRMaj(new double[][] {{-1}, {1}})))
                .isLessThan(1e-15);
    }

    /** Elements from 1e-8 to 1: with partial pivoting the residual is a few eps of the terms, with other pivots up to 1e-8. */
    @Test
    void eliminationIsBackwardStable() {
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 2000; i++) {
            DMatrixRMaj a = spread(random);
            DMatrixRMaj b = spread(random);
            DMatrixRMaj rhs = spread(random);
            INDArray f = array(rhs).dup('f');
            TriangularSylvester.solve(view(a, false, false), view(b, false, false), MatrixView.of(f));
            DMatrixRMaj y = ejml(f);
            DMatrixRMaj left = product(a, y);
            DMatrixRMaj right = product(y, b);
            double size = NormOps_DDRM.normF(a) * NormOps_DDRM.normF(y)
                    + NormOps_DDRM.normF(y) * NormOps_DDRM.normF(b)
                    + NormOps_DDRM.normF(rhs);
            double residual = NormOps_DDRM.normF(sum(sum(left, 1, right), -1, rhs));
            assertThat(residual).as("system %s", i).isLessThan(1e-14 * size);
        }
    }

    private static DMatrixRMaj spread(SplittableRandom random) {
        DMatrixRMaj m = new DMatrixRMaj(2, 2);
        for (int k = 0; k < 4; k++) {
            m.data[k] = (random.nextBoolean() ? 1 : -1) * Math.pow(10, -8 * random.nextDouble());
        }
        return m;
    }

    @Test
    void equationsWithoutUniqueSolutionAreRefused() {
        DMatrixRMaj rotation = new DMatrixRMaj(new double[][] {{0, 1}, {-1, 0}});
        DMatrixRMaj two = new DMatrixRMaj(new double[][] {{2}});
        DMatrixRMaj half = new DMatrixRMaj(new double[][] {{0.5}});
        DMatrixRMaj minusTwo = new DMatrixRMaj(new double[][] {{-2}});
        assertRefused(TriangularSylvester::solve, rotation, rotation);
        assertRefused(TriangularSylvester::solve, two, minusTwo);
        assertRefused(TriangularStein::solve, rotation, rotation);
        assertRefused(TriangularStein::solve, two, half);
    }

    private static void assertRefused(Solver solver, DMatrixRMaj a, DMatrixRMaj b) {
        MatrixView f =
                MatrixView.of(Nd4j.ones(DataType.DOUBLE, a.numRows, b.numRows).dup('f'));
        assertThatThrownBy(() -> solver.solve(view(a, false, false), view(b, false, false), f))
                .isInstanceOf(SingularEquationException.class)
                .hasMessageContaining("the triangular equation has no unique solution: two eigenvalues cancel");
    }

    @Test
    void factorsThatAreNotSquareAreRefused() {
        MatrixView wide = MatrixView.of(Nd4j.ones(DataType.DOUBLE, 2, 3));
        assertThatThrownBy(() -> TriangularLyapunov.solve(wide, wide))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a triangular matrix must be square but is [2, 3]");
    }

    /** Order 150 is cut once or twice, 60 not at all. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 60, 150, 300})
    void productsWithTheTransposedFactorAreThoseOfEjml(int n) {
        DMatrixRMaj t = schurFactor(n, 1, 3);
        DMatrixRMaj m = gaussian(4, n, 4);
        RealSchur schur = RealSchur.restored(
                ColumnMajor.copyOf("t", array(t)), ColumnMajor.zeros(n, n).addToDiagonal(1));
        ColumnMajor product = schur.timesTransposed(ColumnMajor.copyOf("m", array(m)));
        assertThat(relativeError(product.array(), product(m, transpose(t)))).isLessThan(TOLERANCE);
    }
}
