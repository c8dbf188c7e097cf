/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import java.util.Arrays;

/** \(Y - A Y B = F\). */
final class SteinLeaf extends TriangularLeaf {
    private final double[] known = new double[STRIDE];

    @Override
    void moveKnown(int q, int first, int end) {
        Arrays.fill(known, 0, m, 0); // known columns of Y times column q of B
        for (int k = first; k < end; k++) {
            addScaled(b[q * STRIDE + k], y, k * STRIDE, known, 0, 0, m);
        }
        for (int k = 0; k < m; k++) {
            int top = upperA ? 0 : Math.max(0, k - 1);
            int bottom = upperA ? Math.min(m, k + 2) : m;
            addScaled(known[k], a, k * STRIDE, y, q * STRIDE, top, bottom);
        }
    }

    @Override
    double coefficient(double a, double b, boolean sameRow, boolean sameColumn) {
        return (sameRow && sameColumn ? 1 : 0) - a * b;
    }

    @Override
    double pushFactor(int row, int column, int from, int width) {
        double product = 0;
        for (int s = from; s < from + width; s++) {
            product += y[s * STRIDE + row] * b[column * STRIDE + s];
        }
        return product;
    }
}
