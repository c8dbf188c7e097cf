/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

/** Detects that an output shares memory with an input. */
final class Aliasing {
    private Aliasing() {}

    /** Refuses a shared element; blocks of one larger matrix may interleave as long as they are disjoint. */
    static void requireDisjoint(String outputName, MatrixView output, String inputName, MatrixView input) {
        if (overlap(output, input)) {
            throw new IllegalArgumentException("%s %s shares memory with %s %s but is overwritten; pass a copy of %s"
                    .formatted(outputName, output, inputName, input, inputName));
        }
    }

    /** Exact for equal storage order and leading dimension, else true if the address ranges meet. */
    static boolean overlap(MatrixView a, MatrixView b) {
        MatrixView first = a.start() <= b.start() ? a : b;
        MatrixView second = first == a ? b : a;
        long bytes = second.start() - first.start();
        int size = a.isFloat() ? Float.BYTES : Double.BYTES;
        if (bytes >= span(first) * size) {
            return false;
        }
        boolean sameGrid = first.isColumnMajor() == second.isColumnMajor()
                && first.leadingDimension() == second.leadingDimension()
                && bytes % size == 0;
        return !sameGrid || blocksMeet(first, second, bytes / size);
    }

    /** Both blocks lie on one grid; the second may start left of the first one's column, one line further. */
    private static boolean blocksMeet(MatrixView first, MatrixView second, long offset) {
        int lead = first.leadingDimension();
        long minorOffset = offset % lead;
        long majorOffset = offset / lead;
        boolean within = minorOffset < first.minor() && majorOffset < first.major();
        boolean wrapped = minorOffset + second.minor() > lead && majorOffset + 1 < first.major();
        return within || wrapped;
    }

    private static long span(MatrixView m) {
        return (m.major() - 1L) * m.leadingDimension() + m.minor();
    }
}
