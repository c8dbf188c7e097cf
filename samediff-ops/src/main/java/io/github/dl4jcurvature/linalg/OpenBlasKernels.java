/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import static org.bytedeco.openblas.global.openblas.CblasColMajor;
import static org.bytedeco.openblas.global.openblas.CblasLeft;
import static org.bytedeco.openblas.global.openblas.CblasLower;
import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasNonUnit;
import static org.bytedeco.openblas.global.openblas.CblasRight;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.CblasUpper;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dpotrf;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;
import static org.bytedeco.openblas.global.openblas.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas.cblas_dtrmm;
import static org.bytedeco.openblas.global.openblas.cblas_dtrsm;

/** The routines of the library that is loaded. */
final class OpenBlasKernels implements BlasKernels {
    @Override
    public void multiply(int n, boolean transposeA, double[] a, boolean transposeB, double[] b, double[] c) {
        cblas_dgemm(CblasColMajor, operation(transposeA), operation(transposeB), n, n, n, 1, a, n, b, n, 0, c, n);
    }

    @Override
    public void multiplyTriangular(int n, TriangularForm form, double[] triangular, double[] x) {
        cblas_dtrmm(
                CblasColMajor,
                form.left() ? CblasLeft : CblasRight,
                form.lower() ? CblasLower : CblasUpper,
                operation(form.transposed()),
                CblasNonUnit,
                n,
                n,
                1,
                triangular,
                n,
                x,
                n);
    }

    @Override
    public void solveTriangular(int n, TriangularForm form, double[] triangular, double[] x) {
        cblas_dtrsm(
                CblasColMajor,
                form.left() ? CblasLeft : CblasRight,
                form.lower() ? CblasLower : CblasUpper,
                operation(form.transposed()),
                CblasNonUnit,
                n,
                n,
                1,
                triangular,
                n,
                x,
                n);
    }

    @Override
    public void factor(int n, double[] a) {
        Lapack.requireAccepted("dpotrf", LAPACKE_dpotrf(LAPACK_COL_MAJOR, (byte) 'L', n, a, n));
    }

    private static int operation(boolean transposed) {
        return transposed ? CblasTrans : CblasNoTrans;
    }
}
