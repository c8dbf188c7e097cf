/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dgebal;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;

/** Diagonal scaling that makes the rows and columns of a square matrix alike in size. */
public final class Balancing {
    private Balancing() {}

    /**
     * Powers of two s such that the off-diagonal rows and columns of \(\operatorname{diag}(s)^{-1} |A|
     * \operatorname{diag}(s)\) are of similar norm.
     *
     * <p>Source: LAPACK {@code dgebal}, scaling only.
     *
     * @param a shape [n, n]; its diagonal does not count; not modified
     * @return n positive numbers
     */
    public static double[] scalesOf(ColumnMajor a) {
        int n = a.rows();
        double[] scales = new double[n];
        try (ColumnMajor off = a.copy();
                IntPointer low = new IntPointer(1L);
                IntPointer high = new IntPointer(1L);
                DoublePointer scale = new DoublePointer((long) n)) {
            for (int i = 0; i < n; i++) {
                off.pointer().put(i * (n + 1L), 0.0);
            }
            int info = LAPACKE_dgebal(LAPACK_COL_MAJOR, (byte) 'S', n, off.pointer(), n, low, high, scale);
            Lapack.requireAccepted("dgebal", info);
            scale.get(scales);
        }
        return scales;
    }
}
