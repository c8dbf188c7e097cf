/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Random test matrices in {@code DOUBLE}; equal arguments give equal matrices on every machine.
 *
 * <p>Different seeds, also neighbouring ones, give independent matrices.
 */
public final class RandomMatrices {
    private RandomMatrices() {}

    /**
     * Independent standard normal entries.
     *
     * @param rows number of rows
     * @param columns number of columns
     * @param seed seed
     * @return matrix [rows, columns]
     */
    public static INDArray gaussian(long rows, long columns, long seed) {
        return gaussian(new long[] {rows, columns}, seed);
    }

    /**
     * Independent standard normal entries.
     *
     * @param shape shape of the result
     * @param seed seed
     * @return array of that shape
     */
    public static INDArray gaussian(long[] shape, long seed) {
        return fill(shape, new SplittableRandom(seed)::nextGaussian);
    }

    /**
     * Independent entries uniform in [0, 1).
     *
     * @param shape shape of the result
     * @param seed seed
     * @return array of that shape
     */
    public static INDArray uniform(long[] shape, long seed) {
        return fill(shape, new SplittableRandom(seed)::nextDouble);
    }

    /**
     * Orthogonal matrix from Gram-Schmidt, done twice, on Gaussian columns.
     *
     * @param n order
     * @param seed seed
     * @return Q [n, n] with \(Q^\top Q = I\) up to rounding
     */
    public static INDArray orthogonal(int n, long seed) {
        return orthonormal(n, n, seed);
    }

    /**
     * Matrix with orthonormal columns.
     *
     * @param rows number of rows, at least {@code columns}
     * @param columns number of columns
     * @param seed seed
     * @return Q [rows, columns] with \(Q^\top Q = I\) up to rounding
     */
    public static INDArray orthonormal(int rows, int columns, long seed) {
        if (columns > rows) {
            throw new IllegalArgumentException(
                    "columns must not exceed rows but they are %d and %d".formatted(columns, rows));
        }
        SplittableRandom random = new SplittableRandom(seed);
        double[][] basis = new double[columns][];
        for (int j = 0; j < columns; j++) {
            basis[j] = DoubleStream.generate(random::nextGaussian).limit(rows).toArray();
            orthogonalise(basis, j);
            orthogonalise(basis, j);
        }
        return Nd4j.createFromArray(basis).transpose().dup('c'); // [rows, columns]
    }

    /**
     * Symmetric matrix with Gaussian entries.
     *
     * @param n order
     * @param seed seed
     * @return matrix [n, n], exactly symmetric
     */
    public static INDArray symmetric(int n, long seed) {
        return symmetrised(gaussian(n, n, seed));
    }

    /**
     * Symmetric matrix \(Q \operatorname{diag}(\lambda) Q^\top\) with a random orthogonal Q.
     *
     * @param eigenvalues eigenvalues, any sign and order
     * @param seed seed
     * @return matrix [n, n], exactly symmetric
     */
    public static INDArray symmetricWithEigenvalues(double[] eigenvalues, long seed) {
        INDArray q = orthogonal(eigenvalues.length, seed);
        return symmetrised(q.mulRowVector(Nd4j.createFromArray(eigenvalues)).mmul(q.transpose()));
    }

    /**
     * Symmetric positive definite matrix with eigenvalues spaced evenly in logarithm from 1 down to 1 / condition.
     *
     * @param n order
     * @param condition 2-norm condition number, at least 1; a matrix of order 1 always has condition 1
     * @param seed seed
     * @return matrix [n, n], exactly symmetric
     */
    public static INDArray spdWithCondition(int n, double condition, long seed) {
        return symmetricWithEigenvalues(logarithmicSpectrum(n, condition), seed);
    }

    /**
     * Matrix \(U \operatorname{diag}(\sigma) V^\top\) with singular values spaced evenly in logarithm from 1 down to
     * 1 / condition.
     *
     * @param rows number of rows
     * @param columns number of columns
     * @param condition 2-norm condition number, at least 1
     * @param seed seed
     * @return matrix [rows, columns] of full rank
     */
    public static INDArray matrixWithCondition(int rows, int columns, double condition, long seed) {
        int rank = Math.min(rows, columns);
        SplittableRandom seeds = new SplittableRandom(seed);
        INDArray u = orthonormal(rows, rank, seeds.nextLong());
        INDArray v = orthonormal(columns, rank, seeds.nextLong());
        return u.mulRowVector(Nd4j.createFromArray(logarithmicSpectrum(rank, condition)))
                .mmul(v.transpose());
    }

    private static INDArray fill(long[] shape, DoubleSupplier source) {
        INDArray result = Nd4j.createUninitialized(DataType.DOUBLE, shape, 'c');
        for (long i = 0; i < result.length(); i++) {
            result.data().put(i, source.getAsDouble());
        }
        return result;
    }

    /** Removes from vector j its components along the vectors before it, then normalises it. */
    private static void orthogonalise(double[][] basis, int j) {
        for (int k = 0; k < j; k++) {
            double component = inner(basis[j], basis[k]);
            for (int i = 0; i < basis[j].length; i++) {
                basis[j][i] -= component * basis[k][i];
            }
        }
        double norm = Math.sqrt(inner(basis[j], basis[j]));
        Arrays.setAll(basis[j], i -> basis[j][i] / norm);
    }

    private static double inner(double[] x, double[] y) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += x[i] * y[i];
        }
        return sum;
    }

    private static INDArray symmetrised(INDArray a) {
        return a.add(a.transpose()).muli(0.5); // a + b and b + a round alike
    }

    private static double[] logarithmicSpectrum(int n, double condition) {
        if (!(condition >= 1 && condition < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "condition must be finite and at least 1 but is %s".formatted(condition));
        }
        double[] spectrum = new double[n];
        Arrays.setAll(spectrum, i -> Math.pow(condition, -i / Math.max(n - 1.0, 1.0)));
        return spectrum;
    }
}
