/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import java.lang.ref.Reference;

import org.bytedeco.javacpp.DoublePointer;

import static org.bytedeco.openblas.global.openblas.cblas_dcopy;
import static org.bytedeco.openblas.global.openblas.cblas_dscal;

/** Copies blocks of doubles between any layouts. */
final class Copies {
    private static final int TRANSPOSED_ROWS = 64;

    private Copies() {}

    /** Copies all elements; a transposed view on either side transposes. */
    static void copy(MatrixView source, MatrixView target) {
        if (source.rows() != target.rows() || source.columns() != target.columns()) {
            throw new IllegalArgumentException(
                    "source %s and target %s must have the same shape".formatted(source, target));
        }
        MatrixView from = target.isColumnMajor() ? source : source.transposed();
        MatrixView to = target.isColumnMajor() ? target : target.transposed();
        // a run of the target is a column; a column of a row-major source has gaps, and is read in pieces that stay in
        // the cache
        boolean transposing = !from.isColumnMajor();
        long fromColumn = transposing ? 1 : from.leadingDimension();
        int fromElement = transposing ? from.leadingDimension() : 1;
        int piece = transposing ? TRANSPOSED_ROWS : to.rows();
        DoublePointer fromPointer = new DoublePointer(from.doubles());
        DoublePointer toPointer = new DoublePointer(to.doubles());
        try {
            for (int i = 0; i < to.rows(); i += piece) {
                int rows = Math.min(piece, to.rows() - i);
                for (int j = 0; j < to.columns(); j++) {
                    cblas_dcopy(
                            rows,
                            fromPointer.position(j * fromColumn + (long) i * fromElement),
                            fromElement,
                            toPointer.position((long) j * to.leadingDimension() + i),
                            1);
                }
            }
        } finally {
            Reference.reachabilityFence(source); // the moving pointers do not hold the memory
            Reference.reachabilityFence(target);
        }
    }

    /** Multiplies all elements of a block by a number. */
    static void scale(double alpha, MatrixView target) {
        MatrixView columns = target.isColumnMajor() ? target : target.transposed();
        DoublePointer moving = new DoublePointer(columns.doubles());
        try {
            for (int j = 0; j < columns.columns(); j++) {
                cblas_dscal(columns.rows(), alpha, moving.position((long) j * columns.leadingDimension()), 1);
            }
        } finally {
            Reference.reachabilityFence(target);
        }
    }
}
