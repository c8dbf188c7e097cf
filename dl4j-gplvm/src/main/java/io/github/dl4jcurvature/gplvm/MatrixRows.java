/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

/**
 * Products of small triangular matrices with M rows of many points. Rows stand one after another with a stride; the inner loops run
 * over points, which the compiler of the virtual machine turns into vector instructions.
 */
final class MatrixRows {
    private MatrixRows() {}

    /** \(Y = L X\), L [m, m] lower. */
    static void lowerTimes(double[] lower, int m, double[] x, double[] y, int stride, int count) {
        for (int i = 0; i < m; i++) {
            clear(y, i * stride, count);
            combine(lower, i * m, 1, 0, i + 1, x, y, i, stride, count);
        }
    }

    /** \(Y = L^\top X\), L [m, m] lower. */
    static void lowerTransposeTimes(double[] lower, int m, double[] x, double[] y, int stride, int count) {
        for (int i = 0; i < m; i++) {
            clear(y, i * stride, count);
            combine(lower, i, m, i, m, x, y, i, stride, count);
        }
    }

    /** \(X \leftarrow L^\top X\), L [m, m] lower. */
    static void lowerTransposeTimesInPlace(double[] lower, int m, double[] x, int stride, int count) {
        for (int i = 0; i < m; i++) { // row i needs only rows from i on, which are still as they were
            double own = lower[i * m + i];
            for (int p = i * stride; p < i * stride + count; p++) {
                x[p] *= own;
            }
            combine(lower, i, m, i + 1, m, x, x, i, stride, count);
        }
    }

    /** \(y_{row} \mathrel{+}= \sum_j c_j x_j\), coefficients at {@code offset + j step}. */
    static void combine(
            double[] coefficients,
            int offset,
            int step,
            int from,
            int to,
            double[] x,
            double[] y,
            int row,
            int stride,
            int count) {
        int out = row * stride;
        int j = from;
        for (; j + 3 < to; j += 4) {
            double c0 = coefficients[offset + j * step];
            double c1 = coefficients[offset + (j + 1) * step];
            double c2 = coefficients[offset + (j + 2) * step];
            double c3 = coefficients[offset + (j + 3) * step];
            int x0 = j * stride;
            int x1 = x0 + stride;
            int x2 = x1 + stride;
            int x3 = x2 + stride;
            for (int p = 0; p < count; p++) {
                y[out + p] += c0 * x[x0 + p] + c1 * x[x1 + p] + c2 * x[x2 + p] + c3 * x[x3 + p];
            }
        }
        for (; j < to; j++) {
            addScaled(coefficients[offset + j * step], x, j * stride, y, out, count);
        }
    }

    static void addScaled(double scale, double[] x, int from, double[] y, int to, int count) {
        for (int p = 0; p < count; p++) {
            y[to + p] += scale * x[from + p];
        }
    }

    /** \(y \mathrel{+}= a \circ b\). */
    static void addProduct(double[] a, int atA, double[] b, int atB, double[] y, int to, int count) {
        for (int p = 0; p < count; p++) {
            y[to + p] += a[atA + p] * b[atB + p];
        }
    }

    static void clear(double[] y, int from, int count) {
        java.util.Arrays.fill(y, from, from + count, 0);
    }

    /** \(P \mathrel{+}= s A B^\top\) on the lower triangle, P [m, m]. */
    static void addOuterLower(double scale, double[] a, double[] b, int m, int stride, int count, double[] product) {
        for (int i = 0; i < m; i++) {
            int row = i * stride;
            int j = 0;
            for (; j + 3 <= i; j += 4) {
                int b0 = j * stride;
                int b1 = b0 + stride;
                int b2 = b1 + stride;
                int b3 = b2 + stride;
                double s0 = 0;
                double s1 = 0;
                double s2 = 0;
                double s3 = 0;
                for (int p = 0; p < count; p++) {
                    double v = a[row + p];
                    s0 += v * b[b0 + p];
                    s1 += v * b[b1 + p];
                    s2 += v * b[b2 + p];
                    s3 += v * b[b3 + p];
                }
                int at = i * m + j;
                product[at] += scale * s0;
                product[at + 1] += scale * s1;
                product[at + 2] += scale * s2;
                product[at + 3] += scale * s3;
            }
            for (; j <= i; j++) {
                product[i * m + j] += scale * dot(a, row, b, j * stride, count);
            }
        }
    }

    static double dot(double[] a, int atA, double[] b, int atB, int count) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int p = 0;
        for (; p + 3 < count; p += 4) {
            s0 += a[atA + p] * b[atB + p];
            s1 += a[atA + p + 1] * b[atB + p + 1];
            s2 += a[atA + p + 2] * b[atB + p + 2];
            s3 += a[atA + p + 3] * b[atB + p + 3];
        }
        for (; p < count; p++) {
            s0 += a[atA + p] * b[atB + p];
        }
        return s0 + s1 + (s2 + s3);
    }
}
