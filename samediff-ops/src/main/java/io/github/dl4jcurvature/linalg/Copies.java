/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import java.lang.ref.Reference;

import org.bytedeco.javacpp.DoublePointer;

import static org.bytedeco.openblas.global.openblas.cblas_dcopy;
import static org.bytedeco.openblas.global.openblas.cblas_dscal;

/** Copies blocks of doubles between any layouts. */
final class Copies {
    private Copies() {}

    /** Copies all elements; a transposed view on either side transposes. */
    static void copy(MatrixView source, MatrixView target) {
        if (source.rows() != target.rows() || source.columns() != target.columns()) {
            throw new IllegalArgumentException(
                    "source %s and target %s must have the same shape".formatted(source, target));
        }
        MatrixView from = target.isColumnMajor() ? source : source.transposed();
        MatrixView to = target.isColumnMajor() ? target : target.transposed();
        // a run of the target is a column; a column of a row-major source has gaps
        long fromColumn = from.isColumnMajor() ? from.leadingDimension() : 1;
        int fromElement = from.isColumnMajor() ? 1 : from.leadingDimension();
        DoublePointer fromPointer = new DoublePointer(from.doubles());
        DoublePointer toPointer = new DoublePointer(to.doubles());
        try {
            for (int j = 0; j < to.columns(); j++) {
                cblas_dcopy(
                        to.rows(),
                        fromPointer.position(j * fromColumn),
                        fromElement,
                        toPointer.position((long) j * to.leadingDimension()),
                        1);
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
