/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.SplittableRandom;

import io.github.dl4jcurvature.testkit.FiniteDifferences;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.LUDecomposition;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jcurvature.gplvm.GoldenArrays.assertClose;
import static io.github.dl4jcurvature.gplvm.GoldenArrays.flattened;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Against the LU decomposition of another library, plain loops and finite differences; the condition number is below 100. */
class LowerFactorTest {
    private static final int ORDER = 4;
    private static final double ROUNDING = 1e-13;

    /** B B^T + I. */
    private static double[][] matrix() {
        SplittableRandom random = new SplittableRandom(3);
        double[][] b = new double[ORDER][];
        for (int i = 0; i < ORDER; i++) {
            b[i] = Manifold.gaussian(ORDER, random);
        }
        double[][] a = new double[ORDER][ORDER];
        for (int i = 0; i < ORDER; i++) {
            for (int j = 0; j < ORDER; j++) {
                a[i][j] = i == j ? 1 : 0;
                for (int k = 0; k < ORDER; k++) {
                    a[i][j] += b[i][k] * b[j][k];
                }
            }
        }
        return a;
    }

    @Test
    void solvesAndInvertsAsTheLuDecompositionDoes() {
        double[][] a = matrix();
        LowerFactor factor = LowerFactor.of(flattened(a), ORDER);
        LUDecomposition lu = new LUDecomposition(new Array2DRowRealMatrix(a));

        assertThat(factor.logDeterminant()).isCloseTo(Math.log(lu.getDeterminant()), within(ROUNDING));
        double[][] inverse = lu.getSolver().getInverse().getData();
        assertClose(factor.inverseOfMatrix(), flattened(inverse), ROUNDING, "inverse");
        double[] v = {0.3, -1.2, 0.7, 2.1};
        assertClose(product(cholesky(a), factor.whiten(v), false), v, ROUNDING, "L w");
        assertClose(product(cholesky(a), factor.unwhiten(v), true), v, ROUNDING, "L^T w");
        assertClose(factor.factor, flattened(cholesky(a)), ROUNDING, "L");
    }

    /** Only the symmetric part of a perturbation enters, so that the differences are symmetric as the cotangent is. */
    @Test
    void backwardIsTheDerivativeOfTheFactorisation() {
        double[][] a = matrix();
        double[][] cotangent = new double[ORDER][ORDER];
        SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < ORDER; i++) {
            for (int j = 0; j <= i; j++) {
                cotangent[i][j] = random.nextDouble(-1, 1);
            }
        }
        INDArray expected = FiniteDifferences.gradient(
                x -> {
                    double[][] factor = cholesky(x.add(x.transpose()).mul(0.5).toDoubleMatrix());
                    double sum = 0;
                    for (int i = 0; i < ORDER; i++) {
                        for (int j = 0; j <= i; j++) {
                            sum += cotangent[i][j] * factor[i][j];
                        }
                    }
                    return sum;
                },
                Nd4j.createFromArray(a));
        double[] actual = LowerFactor.of(flattened(a), ORDER).backward(flattened(cotangent));
        assertClose(actual, flattened(expected.toDoubleMatrix()), 1e-9, "derivative"); // accuracy of the differences
    }

    @Test
    void matricesThatAreNotDefiniteAreRefused() {
        assertThatThrownBy(() -> LowerFactor.of(new double[] {1, 2, 2, 1}, 2))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("order 2 is not positive definite");
    }

    /** Row by row from the definition L L^T = A. */
    private static double[][] cholesky(double[][] a) {
        double[][] l = new double[ORDER][ORDER];
        for (int i = 0; i < ORDER; i++) {
            for (int j = 0; j <= i; j++) {
                double rest = a[i][j];
                for (int k = 0; k < j; k++) {
                    rest -= l[i][k] * l[j][k];
                }
                l[i][j] = i == j ? Math.sqrt(rest) : rest / l[j][j];
            }
        }
        return l;
    }

    private static double[] product(double[][] matrix, double[] vector, boolean transposed) {
        double[] result = new double[ORDER];
        for (int i = 0; i < ORDER; i++) {
            for (int j = 0; j < ORDER; j++) {
                result[i] += (transposed ? matrix[j][i] : matrix[i][j]) * vector[j];
            }
        }
        return result;
    }
}
