/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import java.util.SplittableRandom;

import io.github.dl4jcurvature.linalg.BlasKernels.TriangularForm;
import org.jspecify.annotations.Nullable;

/**
 * Finds out, once for a virtual machine, whether the native library computes right on this processor.
 *
 * <p>OpenBLAS chooses its routines by the processor it finds. Those of version 0.3.19 for AVX-512 have been seen to return
 * wrong triangular products and solutions, and with them Cholesky factors and Schur forms, without an error code. Every
 * result C = A B is compared with A (B v) for a random vector v (Freivalds' check), in plain Java and in quadratic time.
 */
final class BlasSelfTest {
    /** From order 150 on all blocked routines are in use. */
    private static final int ORDER = 160;
    /** Rounding is below n eps = 4e-14 times the condition of the triangles, which is below 10; wrong results err by 0.1 or more. */
    private static final double TOLERANCE = 1e-10;

    private final BlasKernels kernels;
    private final SplittableRandom random = new SplittableRandom(1);
    private final double[] v = vector();
    private @Nullable String fault;

    private BlasSelfTest(BlasKernels kernels) {
        this.kernels = kernels;
    }

    /** Runs when it is first asked for, and never again. */
    private static final class Loaded {
        static final @Nullable String FAULT = fault(new OpenBlasKernels());
    }

    /**
     * Stops if the library that is loaded computes wrong results.
     *
     * @throws IllegalStateException with the routine, its error and the remedy
     */
    static void require() {
        if (Loaded.FAULT != null) {
            throw new IllegalStateException(message(Loaded.FAULT, System.getenv("OPENBLAS_CORETYPE")));
        }
    }

    static String message(String fault, @Nullable String coreType) {
        return ("OpenBLAS computes wrong results on this processor (%s; OPENBLAS_CORETYPE is %s): set OPENBLAS_CORETYPE=HASWELL"
                        + " (x86-64 with AVX2) in the environment of the virtual machine before it starts")
                .formatted(fault, coreType == null ? "not set" : coreType);
    }

    /** The first routine that errs and by how much, or null. */
    static @Nullable String fault(BlasKernels kernels) {
        BlasSelfTest test = new BlasSelfTest(kernels);
        test.products();
        for (int form = 0; form < 8; form++) {
            test.triangular(new TriangularForm((form & 1) != 0, (form & 2) != 0, (form & 4) != 0));
        }
        test.cholesky();
        return test.fault;
    }

    private void products() {
        double[] a = general();
        double[] b = general();
        double[] c = new double[a.length];
        for (int form = 0; form < 4; form++) {
            boolean transposeA = (form & 1) != 0;
            boolean transposeB = (form & 2) != 0;
            kernels.multiply(ORDER, transposeA, a, transposeB, b, c);
            compare("dgemm", apply(c, v, false), apply(a, apply(b, v, transposeB), transposeA));
        }
    }

    private void triangular(TriangularForm form) {
        double[] t = triangle(form.lower());
        double[] x = general();
        double[] product = x.clone();
        kernels.multiplyTriangular(ORDER, form, t, product);
        compare("dtrmm " + form, apply(product, v, false), act(form, t, x));
        double[] solution = product.clone();
        kernels.solveTriangular(ORDER, form, t, solution);
        compare("dtrsm " + form, act(form, t, solution), apply(product, v, false));
    }

    /** T X v or X T v. */
    private double[] act(TriangularForm form, double[] t, double[] x) {
        return form.left()
                ? apply(t, apply(x, v, false), form.transposed())
                : apply(x, apply(t, v, form.transposed()), false);
    }

    private void cholesky() {
        double[] l = triangle(true);
        double[] a = new double[l.length];
        for (int j = 0; j < ORDER; j++) {
            for (int i = j; i < ORDER; i++) {
                for (int k = 0; k <= j; k++) {
                    a[i + j * ORDER] += l[i + k * ORDER] * l[j + k * ORDER];
                }
            }
        }
        kernels.factor(ORDER, a);
        compare("dpotrf", apply(a, v, false), apply(l, v, false));
    }

    private void compare(String routine, double[] computed, double[] expected) {
        double error = 0;
        double size = 0;
        for (int i = 0; i < ORDER; i++) {
            error = Math.hypot(error, computed[i] - expected[i]);
            size = Math.hypot(size, expected[i]);
        }
        if (fault == null && !(error <= TOLERANCE * size)) {
            fault = "%s of order %d has a relative error of %.1e".formatted(routine, ORDER, error / size);
        }
    }

    private static double[] apply(double[] matrix, double[] vector, boolean transposed) {
        double[] product = new double[ORDER];
        for (int j = 0; j < ORDER; j++) {
            for (int i = 0; i < ORDER; i++) {
                double element = matrix[i + j * ORDER];
                product[transposed ? j : i] += element * vector[transposed ? i : j];
            }
        }
        return product;
    }

    private double[] vector() {
        return new SplittableRandom(2).doubles(ORDER, -1, 1).toArray();
    }

    private double[] general() {
        return random.doubles((long) ORDER * ORDER, -1, 1).toArray();
    }

    /** Well-conditioned: the elements beside the diagonal of a row sum to less than half of it. */
    private double[] triangle(boolean lower) {
        double[] t = general();
        for (int j = 0; j < ORDER; j++) {
            for (int i = 0; i < ORDER; i++) {
                boolean stored = lower ? i > j : i < j;
                t[i + j * ORDER] = i == j ? 1 + random.nextDouble() : stored ? t[i + j * ORDER] / (2 * ORDER) : 0;
            }
        }
        return t;
    }
}
