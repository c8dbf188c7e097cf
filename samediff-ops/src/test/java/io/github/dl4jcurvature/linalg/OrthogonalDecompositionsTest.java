/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import java.util.Arrays;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;
import org.ejml.interfaces.decomposition.QRDecomposition;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jcurvature.linalg.TestMatrices.EPS;
import static io.github.dl4jcurvature.linalg.TestMatrices.array;
import static io.github.dl4jcurvature.linalg.TestMatrices.deviationFromOrthonormal;
import static io.github.dl4jcurvature.linalg.TestMatrices.ejml;
import static io.github.dl4jcurvature.linalg.TestMatrices.gaussian;
import static io.github.dl4jcurvature.linalg.TestMatrices.product;
import static io.github.dl4jcurvature.linalg.TestMatrices.relativeError;
import static io.github.dl4jcurvature.linalg.TestMatrices.transpose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * The oracle is EJML's own iterations. Orthogonal transformations are backward stable, so that reconstruction,
 * orthogonality and values are right to n * eps relative to the norm, whatever the condition; the factor 8 is slack.
 * A transposed factor errs by O(1).
 */
class OrthogonalDecompositionsTest {
    @ParameterizedTest(name = "order {0}, seed {1}")
    @CsvSource({"1, 1", "2, 2", "7, 3", "60, 4"})
    void eigendecompositionAgreesWithEjml(int n, long seed) {
        DMatrixRMaj g = gaussian(n, n, seed);
        DMatrixRMaj a = CommonOps_DDRM.add(g, transpose(g), null); // indefinite

        SymmetricEigendecomposition eigen = SymmetricEigendecomposition.of(array(a));

        double tolerance = 8 * n * EPS;
        double[] values = eigen.values().toDoubleVector();
        double norm = Math.max(Math.abs(values[0]), Math.abs(values[n - 1]));
        assertThat(values).isSorted();
        assertThat(values).containsExactly(ejmlEigenvalues(a), within(n * tolerance * norm));
        assertThat(SymmetricEigendecomposition.valuesOf(array(a)).toDoubleVector())
                .containsExactly(values, within(n * tolerance * norm));
        assertThat(deviationFromOrthonormal(eigen.vectors())).isLessThan(n * tolerance);
        DMatrixRMaj v = ejml(eigen.vectors());
        DMatrixRMaj rebuilt = product(product(v, CommonOps_DDRM.diag(values)), transpose(v));
        assertThat(relativeError(rebuilt, a)).isLessThan(n * tolerance);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1e-290, 1e-150, 1, 1e150, 1e290})
    void eigenvaluesScaleWithTheMatrix(double scale) {
        int n = 70;
        DMatrixRMaj g = gaussian(n, n, 5);
        DMatrixRMaj a = CommonOps_DDRM.add(g, transpose(g), null);
        double[] expected = ejmlEigenvalues(a);
        double norm = Math.max(Math.abs(expected[0]), Math.abs(expected[n - 1]));

        double[] values =
                SymmetricEigendecomposition.valuesOf(array(a).muli(scale)).toDoubleVector();

        for (int i = 0; i < n; i++) {
            assertThat(values[i]).isCloseTo(scale * expected[i], within(8 * n * n * EPS * norm * scale));
        }
    }

    /** Unscaled, the reflectors of the largest numbers overflow, and those of the smallest have few digits. */
    @Test
    void eigenvaluesAtTheEndsOfTheRangeOfNumbersAreRight() {
        double large = 0.8e308;
        INDArray offDiagonal =
                Nd4j.createFromArray(new double[][] {{0, large, large}, {large, 0, large}, {large, large, 0}});
        assertThat(SymmetricEigendecomposition.valuesOf(offDiagonal).toDoubleVector())
                .containsExactly(new double[] {-large, -large, 2 * large}, within(1e-14 * large));

        int n = 20;
        DMatrixRMaj whole = new DMatrixRMaj(n, n);
        DMatrixRMaj g = gaussian(n, n, 6);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                whole.set(i, j, Math.rint(300 * (g.get(i, j) + g.get(j, i))));
            }
        }
        DMatrixRMaj tiny = whole.copy();
        CommonOps_DDRM.scale(Double.MIN_VALUE, tiny);
        double[] values = SymmetricEigendecomposition.valuesOf(array(tiny)).toDoubleVector();
        Arrays.setAll(values, i -> values[i] / Double.MIN_VALUE);
        assertThat(values).containsExactly(ejmlEigenvalues(whole), within(1.0)); // half a unit of rounding at least
    }

    @ParameterizedTest(name = "{0} x {1}, rank {2}, seed {3}")
    @CsvSource({"1, 1, 1, 1", "5, 5, 5, 2", "9, 4, 4, 3", "4, 9, 4, 4", "9, 6, 3, 5", "1, 8, 1, 6", "8, 1, 1, 7"})
    void singularValueDecompositionAgreesWithEjml(int m, int n, int rank, long seed) {
        DMatrixRMaj a = product(gaussian(m, rank, seed), gaussian(rank, n, seed + 1));
        int k = Math.min(m, n);

        SingularValueDecomposition svd = SingularValueDecomposition.of(array(a));

        double tolerance = 8 * Math.max(m, n) * EPS;
        double[] values = svd.values().toDoubleVector();
        assertThat(svd.u().shape()).containsExactly(m, k);
        assertThat(svd.v().shape()).containsExactly(n, k);
        assertThat(values).containsExactly(ejmlSingularValues(a), within(tolerance * values[0]));
        assertThat(deviationFromOrthonormal(svd.u())).isLessThan(k * tolerance);
        assertThat(deviationFromOrthonormal(svd.v())).isLessThan(k * tolerance);
        DMatrixRMaj rebuilt = product(product(ejml(svd.u()), CommonOps_DDRM.diag(values)), transpose(ejml(svd.v())));
        assertThat(relativeError(rebuilt, a)).isLessThan(k * tolerance);
    }

    @ParameterizedTest(name = "{0} x {1}, seed {2}")
    @CsvSource({"1, 1, 1", "5, 5, 2", "9, 4, 3", "4, 9, 4", "1, 8, 5", "8, 1, 6"})
    void qrDecompositionAgreesWithEjmlUpToSigns(int m, int n, long seed) {
        DMatrixRMaj a = gaussian(m, n, seed);
        int k = Math.min(m, n);

        QrDecomposition qr = QrDecomposition.of(array(a));

        double tolerance = 8 * Math.max(m, n) * EPS;
        assertThat(qr.q().shape()).containsExactly(m, k);
        assertThat(qr.r().shape()).containsExactly(k, n);
        assertThat(deviationFromOrthonormal(qr.q())).isLessThan(k * tolerance);
        assertThat(relativeError(product(ejml(qr.q()), ejml(qr.r())), a)).isLessThan(k * tolerance);
        // R is unique up to the signs of its rows; the factor 100 covers the condition of the leading columns
        assertThat(relativeError(moduli(ejml(qr.r())), moduli(ejmlR(a)))).isLessThan(100 * k * tolerance);
        assertBelowDiagonalIsZero(qr.r());
    }

    @ParameterizedTest(name = "order {0}, seed {1}")
    @CsvSource({"1, 1", "2, 2", "7, 3", "40, 4"})
    void schurFormAgreesWithEjml(int n, long seed) {
        DMatrixRMaj a = gaussian(n, n, seed);

        RealSchur schur = RealSchur.of("a", ColumnMajor.copyOf("a", array(a)));

        double tolerance = 8 * n * EPS;
        DMatrixRMaj u = ejml(schur.orthogonal().array());
        DMatrixRMaj t = ejml(schur.triangular().array());
        assertThat(schur.order()).isEqualTo(n);
        assertThat(deviationFromOrthonormal(schur.orthogonal().array())).isLessThan(n * tolerance);
        assertThat(relativeError(product(product(u, t), transpose(u)), a)).isLessThan(n * tolerance);
        for (int j = 0; j < n; j++) {
            for (int i = j + 1; i < n; i++) {
                boolean allowed = i == j + 1 && (j == 0 || t.get(j, j - 1) == 0);
                assertThat(t.get(i, j) == 0 || allowed)
                        .as("zero at [%s, %s]", i, j)
                        .isTrue();
            }
        }
        // simple eigenvalues of random matrices: conditions below 1e3
        assertEigenvalues(schur, ejmlComplexEigenvalues(a), 1e3 * tolerance);
        RealSchur restored = RealSchur.restored(schur.triangular(), schur.orthogonal());
        assertThat(restored.realParts()).containsExactly(schur.realParts(), within(n * tolerance));
        assertThat(restored.imaginaryParts()).containsExactly(schur.imaginaryParts(), within(n * tolerance));
    }

    /** The basis is that of EJML's eigenvectors: A V = V (V'A V), whose eigenvalues are those selected. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 9, 20})
    void selectedEigenvaluesComeFirst(int n) {
        DMatrixRMaj a = gaussian(n, n, 8);
        RealSchur schur = RealSchur.of("a", ColumnMajor.copyOf("a", array(a)));
        double[][] eigenvalues = ejmlComplexEigenvalues(a);
        double[][] left =
                Arrays.stream(eigenvalues).filter(value -> value[0] < 0.2).toArray(double[][]::new);

        MatrixView basis = schur.invariantSubspace(real -> real < 0.2);

        double tolerance = 1e3 * 8 * n * EPS;
        INDArray columns = ColumnMajor.copyOf(basis).array();
        DMatrixRMaj v = ejml(columns);
        assertThat(columns.columns()).isEqualTo(left.length);
        assertThat(deviationFromOrthonormal(columns)).isLessThan(tolerance);
        DMatrixRMaj compressed = product(transpose(v), product(a, v));
        assertThat(relativeError(product(v, compressed), product(a, v))).isLessThan(tolerance);
        assertThat(ejmlComplexEigenvalues(compressed).length).isEqualTo(left.length);
        assertEigenvalues(schur, eigenvalues, tolerance);
        for (int i = 0; i < n; i++) {
            assertThat(schur.realParts()[i] < 0.2).as("eigenvalue %s", i).isEqualTo(i < left.length);
        }
    }

    /** Every eigenvalue of EJML is one of the form's, whose real parts stand on the diagonal. */
    private static void assertEigenvalues(RealSchur schur, double[][] expected, double tolerance) {
        double[] real = schur.realParts();
        double[] imaginary = schur.imaginaryParts();
        assertThat(real).hasSameSizeAs(expected);
        for (double[] value : expected) {
            double nearest = Double.POSITIVE_INFINITY;
            for (int i = 0; i < real.length; i++) {
                nearest = Math.min(nearest, Math.hypot(real[i] - value[0], imaginary[i] - value[1]));
            }
            assertThat(nearest).isLessThan(tolerance);
        }
        for (int i = 0; i < real.length; i++) {
            assertThat(schur.triangular().get(i, i)).isCloseTo(real[i], within(tolerance));
        }
    }

    private static double[][] ejmlComplexEigenvalues(DMatrixRMaj a) {
        EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(a.numRows, false);
        assertThat(eigen.decompose(a.copy())).isTrue();
        double[][] values = new double[a.numRows][];
        Arrays.setAll(values, k -> new double[] {eigen.getEigenvalue(k).real, eigen.getEigenvalue(k).imaginary});
        return values;
    }

    private static void assertBelowDiagonalIsZero(INDArray r) {
        for (int i = 0; i < r.rows(); i++) {
            for (int j = 0; j < Math.min(i, r.columns()); j++) {
                assertThat(r.getDouble(i, j)).isZero();
            }
        }
    }

    private static double[] ejmlEigenvalues(DMatrixRMaj a) {
        EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(a.numRows, false, true);
        assertThat(eigen.decompose(a.copy())).isTrue();
        double[] values = new double[a.numRows];
        Arrays.setAll(values, k -> eigen.getEigenvalue(k).real);
        Arrays.sort(values);
        return values;
    }

    private static double[] ejmlSingularValues(DMatrixRMaj a) {
        SingularValueDecomposition_F64<DMatrixRMaj> svd =
                DecompositionFactory_DDRM.svd(a.numRows, a.numCols, false, false, true);
        assertThat(svd.decompose(a.copy())).isTrue();
        double[] values = Arrays.copyOf(svd.getSingularValues(), Math.min(a.numRows, a.numCols));
        Arrays.sort(values);
        double[] descending = new double[values.length];
        Arrays.setAll(descending, k -> values[values.length - 1 - k]);
        return descending;
    }

    private static DMatrixRMaj ejmlR(DMatrixRMaj a) {
        QRDecomposition<DMatrixRMaj> qr = DecompositionFactory_DDRM.qr(a.numRows, a.numCols);
        assertThat(qr.decompose(a.copy())).isTrue();
        return qr.getR(null, true);
    }

    private static DMatrixRMaj moduli(DMatrixRMaj a) {
        CommonOps_DDRM.abs(a);
        return a;
    }
}
