/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

/** \(A Y + Y B = F\). */
final class SylvesterLeaf extends TriangularLeaf {

    @Override
    void moveKnown(int q, int first, int end) {
        for (int k = first; k < end; k++) {
            addScaled(-b[q * STRIDE + k], y, k * STRIDE, y, q * STRIDE, 0, m);
        }
    }

    @Override
    double coefficient(double a, double b, boolean sameRow, boolean sameColumn) {
        return (sameColumn ? a : 0) + (sameRow ? b : 0);
    }

    @Override
    double pushFactor(int row, int column, int from, int width) {
        return -y[column * STRIDE + row];
    }
}
