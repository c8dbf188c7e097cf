/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.linalg;

import io.github.dl4jcurvature.testkit.Fuzz;
import io.github.dl4jcurvature.testkit.FuzzCase;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jcurvature.testkit.FuzzCase.assertNoNaN;
import static io.github.dl4jcurvature.testkit.FuzzCase.numbers;
import static org.assertj.core.api.Assertions.assertThat;

/** Random matrices of any shape, storage and content: results have no NaN, or a refusal says why not. */
class LinearAlgebraFuzzTest {
    private static final int CASES = 500;

    @FunctionalInterface
    private interface Use {
        void of(FuzzCase drawn, INDArray a, INDArray b);
    }

    private static final Use[] USES = {
        (drawn, a, b) -> {
            LuFactorization lu = LuFactorization.of(a);
            assertNoNaN("solution", lu.solve(b));
            assertNoNaN("solution of the transpose", lu.solveTransposed(b));
            assertNoNaN("inverse", lu.inverse());
            assertThat(lu.reciprocalCondition()).as("condition").isNotNaN();
            assertThat(lu.logAbsoluteDeterminant()).as("determinant").isNotNaN();
        },
        (drawn, a, b) -> {
            CholeskyFactorization cholesky = CholeskyFactorization.of(gram(drawn, a));
            assertNoNaN("factor", cholesky.factor());
            assertNoNaN("solution", cholesky.solve(b));
            assertNoNaN("whitened", cholesky.whiten(b));
            assertNoNaN("inverse", cholesky.inverse());
            assertThat(cholesky.logDeterminant()).as("determinant").isNotNaN();
            assertThat(cholesky.reciprocalCondition()).as("condition").isNotNaN();
        },
        (drawn, a, b) -> {
            QrDecomposition qr = QrDecomposition.of(a);
            assertNoNaN("Q", qr.q());
            assertNoNaN("R", qr.r());
        },
        (drawn, a, b) -> {
            SymmetricEigendecomposition eigen = SymmetricEigendecomposition.of(gram(drawn, a));
            assertNoNaN("eigenvalues", eigen.values());
            assertNoNaN("eigenvectors", eigen.vectors());
        },
        (drawn, a, b) -> {
            SingularValueDecomposition svd = SingularValueDecomposition.of(a);
            assertNoNaN("U", svd.u());
            assertNoNaN("singular values", svd.values());
            assertNoNaN("V", svd.v());
        },
        (drawn, a, b) -> {
            INDArray matrix = gram(drawn, drawn.array(type(drawn), b.size(0), drawn.width(4)));
            if (!matrix.isSquare()) {
                return; // no operator on vectors
            }
            INDArray right = column(drawn, matrix.size(0));
            ConjugateGradients.Result result = new ConjugateGradients(drawn.size(8), drawn.positive(1e-3))
                    .solve(v -> matrix.castTo(DataType.DOUBLE).mmul(v), right, drawn.positive(1), 0);
            for (INDArray solution : result.solutions()) {
                assertNoNaN("solution", solution);
            }
            assertThat(result.relativeResiduals()).as("residuals").doesNotContain(Double.NaN);
        },
        (drawn, a, b) -> {
            KroneckerProduct product = new KroneckerProduct(a, drawn.array(type(drawn), 2, 2));
            INDArray x = drawn.array(type(drawn), a.size(0), 2);
            assertNoNaN("product", product.apply(x));
            assertNoNaN("adjoint", product.adjoint().apply(x));
            assertNoNaN("diagonal", product.diagonal());
            assertNoNaN("gradient", product.leftGradient(x, x));
        },
    };

    private static DataType type(FuzzCase drawn) {
        return drawn.any(DataType.DOUBLE, DataType.FLOAT);
    }

    /** Mostly positive definite, always of the shape a product with its transpose has. */
    private static INDArray gram(FuzzCase drawn, INDArray a) {
        if (drawn.rarely() || a.rank() != 2 || a.isEmpty()) {
            return a;
        }
        INDArray product = a.mmul(a.transpose());
        return drawn.watch(drawn.stored(product.addi(Nd4j.eye(a.size(0)).castTo(a.dataType()))));
    }

    private static INDArray column(FuzzCase drawn, long rows) {
        return drawn.array(type(drawn), rows);
    }

    private static INDArray matrix(FuzzCase drawn, int rows, int columns) {
        return drawn.hardlyEver()
                ? drawn.array(type(drawn), rows, columns, 2)
                : drawn.array(type(drawn), rows, columns);
    }

    @Test
    void matricesAreDecomposedOrRefused() {
        Fuzz.forCases("decompositions", CASES, drawn -> {
            int rows = drawn.rarely() ? 0 : drawn.width(6);
            int columns = drawn.random().nextInt(3) > 0 ? rows : drawn.width(6);
            INDArray b = drawn.rarely()
                    ? matrix(drawn, drawn.width(4), drawn.width(4))
                    : matrix(drawn, rows, drawn.width(3));
            drawn.any(USES).of(drawn, matrix(drawn, rows, columns), b);
        });
    }

    /** The product by the definition, and C unchanged where it is refused. */
    @Test
    void productsAreRightOrRefused() {
        Fuzz.forCases("products", CASES, drawn -> {
            DataType type = type(drawn);
            int rows = drawn.width(5);
            int inner = drawn.width(5);
            int columns = drawn.width(5);
            INDArray a = drawn.array(type, rows, inner);
            INDArray b =
                    drawn.array(drawn.rarely() ? DataType.DOUBLE : type, drawn.rarely() ? columns : inner, columns);
            INDArray c = drawn.stored(Nd4j.ones(type, rows, drawn.rarely() ? drawn.width(5) : columns));
            double alpha = drawn.random().nextGaussian();
            double beta = drawn.random().nextInt(3) - 1;
            double[] before = numbers(c);
            try {
                Gemm.multiply(alpha, a, b, beta, c);
            } catch (RuntimeException refused) {
                assertThat(numbers(c)).as("C after: %s", refused).containsExactly(before);
                throw refused;
            }
            assertProduct(alpha, a, b, beta, c);
        });
    }

    /** Up to 5 products of numbers of any size: 20 roundings of the sum of their magnitudes; what is no number stays none. */
    private static void assertProduct(double alpha, INDArray a, INDArray b, double beta, INDArray c) {
        double unit = c.dataType() == DataType.FLOAT ? 0x1p-23 : 0x1p-52;
        for (long i = 0; i < c.rows(); i++) {
            for (long j = 0; j < c.columns(); j++) {
                double sum = beta;
                double magnitude = Math.abs(beta);
                for (long k = 0; k < a.columns(); k++) {
                    double term = alpha * a.getDouble(i, k) * b.getDouble(k, j);
                    sum += term;
                    magnitude += Math.abs(term);
                }
                if (magnitude < 1e30) { // within the range of either type
                    assertThat(Math.abs(c.getDouble(i, j) - sum)).isLessThanOrEqualTo(20 * unit * magnitude + 1e-36);
                }
            }
        }
    }
}
