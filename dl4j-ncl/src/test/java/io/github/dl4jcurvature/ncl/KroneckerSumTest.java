/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.github.dl4jcurvature.testkit.GoldenCase;
import io.github.dl4jcurvature.testkit.GoldenCases;
import io.github.dl4jcurvature.testkit.JsonArrays;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.databind.JsonNode;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

/** Sums of Kronecker products: golden cases, dense matrices, brute force and identities. */
class KroneckerSumTest {

    /** One case of a golden document, or the placeholder of an absent one. */
    record Sum(GoldenCase file, int index) {
        JsonNode json() {
            return file.json().get("cases").get(index);
        }

        FactorPair pair(String inputs, String outputs) {
            return new FactorPair(JsonArrays.toArray(json().get(inputs)), JsonArrays.toArray(json().get(outputs)));
        }

        KroneckerSumProblem problem() {
            return new KroneckerSumProblem(pair("A1", "G1"), pair("A2", "G2"));
        }

        @Override
        public String toString() {
            return file.isPresent() ? json().get("name").asText() : file.name();
        }
    }

    static Stream<Sum> golden() {
        return GoldenCases.in("ncl").matching("golden_kf_sum*").flatMap(file -> {
            List<Sum> sums = new ArrayList<>();
            for (int i = 0; i < (file.isPresent() ? file.json().get("cases").size() : 1); i++) {
                sums.add(new Sum(file, i));
            }
            return sums.stream();
        });
    }

    @ParameterizedTest
    @MethodSource("golden")
    void minimumOfTheDivergenceIsThatOfTheOracle(Sum sum) {
        JsonNode expected = sum.json().get("kl");
        KroneckerSumProblem problem = sum.problem();

        KroneckerSumProblem.Weights weights = problem.weights(KroneckerSum.KL);

        double divergence = problem.divergence(weights);
        assertThat(divergence).isCloseTo(expected.get("kl").asDouble(), within(1e-10));
        assertThat(divergence).isLessThan(expected.get("brute_force_kl").asDouble() + 1e-10);
        assertFactors(problem.factors(weights), expected, 1e-9);
    }

    @ParameterizedTest
    @MethodSource("golden")
    void additiveAndNearestProductsAreThoseOfTheOracle(Sum sum) {
        KroneckerSumProblem problem = sum.problem();
        KroneckerSumProblem.Weights additive = problem.weights(KroneckerSum.ADDITIVE);
        KroneckerSumProblem.Weights nearest = problem.weights(KroneckerSum.FROBENIUS);
        JsonNode json = sum.json();

        assertThat(additive.rho()).isCloseTo(json.at("/additive/pi").asDouble(), within(1e-10 * additive.rho()));
        assertThat(problem.divergence(additive))
                .isCloseTo(json.at("/additive/kl").asDouble(), within(1e-9));
        assertFactors(problem.factors(nearest), json.get("svd"), 1e-8);
        double klNearest = json.at("/svd/kl").asDouble();
        assertThat(problem.divergence(nearest)).isCloseTo(klNearest, within(1e-7 * (1 + klNearest)));
        assertThat(frobeniusError(sum, problem.factors(nearest)))
                .isCloseTo(json.at("/svd/frobenius_error").asDouble(), within(1e-8));
        assertThat(frobeniusError(sum, problem.factors(additive)))
                .isCloseTo(json.at("/additive/frobenius_error").asDouble(), within(1e-8));
    }

    private static void assertFactors(FactorPair actual, JsonNode expected, double tolerance) {
        assertThatMatrix(actual.inputs()).isWithinRelativeFrobenius(JsonArrays.toArray(expected.get("A")), tolerance);
        assertThatMatrix(actual.outputs()).isWithinRelativeFrobenius(JsonArrays.toArray(expected.get("G")), tolerance);
    }

    private static double frobeniusError(Sum sum, FactorPair pair) {
        return kron(pair)
                .sub(kron(sum.pair("A1", "G1")))
                .sub(kron(sum.pair("A2", "G2")))
                .norm2Number()
                .doubleValue();
    }

    /** The closed form against determinants and traces of the dense matrices by EJML. */
    @ParameterizedTest
    @EnumSource(KroneckerSum.class)
    void divergenceIsThatOfTheDenseMatrices(KroneckerSum kind) {
        for (long seed = 1; seed <= 10; seed++) {
            FactorPair prior = new FactorPair(spd(4, 4, seed), spd(3, 3, seed + 50));
            FactorPair fisher = new FactorPair(spd(4, 2, seed + 100), spd(3, 3, seed + 150));
            KroneckerSumProblem problem = new KroneckerSumProblem(prior, fisher);
            KroneckerSumProblem.Weights weights = problem.weights(kind);

            DMatrixRMaj approximation = ejml(kron(problem.factors(weights)));
            DMatrixRMaj exact = ejml(kron(prior).add(kron(fisher)));
            assertThat(problem.divergence(weights)).isCloseTo(divergence(approximation, exact), within(1e-10));
        }
    }

    /** ½ (log det P - log det S + tr(P^-1 S) - n) of the precisions P and S. */
    private static double divergence(DMatrixRMaj approximation, DMatrixRMaj exact) {
        DMatrixRMaj inverse = new DMatrixRMaj(approximation.numRows, approximation.numCols);
        CommonOps_DDRM.invert(approximation, inverse);
        DMatrixRMaj product = new DMatrixRMaj(inverse.numRows, inverse.numCols);
        CommonOps_DDRM.mult(inverse, exact, product);
        double determinants = Math.log(CommonOps_DDRM.det(approximation)) - Math.log(CommonOps_DDRM.det(exact));
        return 0.5 * (determinants + CommonOps_DDRM.trace(product) - exact.numRows);
    }

    /** As every weighted mean of the eigenvalues of the pencil does. */
    @Test
    void theWeightLiesBetweenTheMeansOfTheEigenvalues() {
        for (long seed = 1; seed <= 20; seed++) {
            FactorPair prior = new FactorPair(spd(4, 4, seed), spd(3, 3, seed + 50));
            FactorPair fisher = new FactorPair(spd(4, 1 + seed % 4, seed + 100), spd(3, 3, seed + 150));
            KroneckerSumProblem.Weights weights = new KroneckerSumProblem(prior, fisher).weights(KroneckerSum.KL);
            DMatrixRMaj pencil = quotient(prior.outputs(), fisher.outputs()); // its trace is the sum of the eigenvalues
            DMatrixRMaj inverse = quotient(fisher.outputs(), prior.outputs()); // and this of their inverses
            assertThat(weights.rho())
                    .isLessThan(CommonOps_DDRM.trace(pencil) / 3)
                    .isGreaterThan(3 / CommonOps_DDRM.trace(inverse));
        }
    }

    /** The inverse of the first times the second. */
    private static DMatrixRMaj quotient(INDArray first, INDArray second) {
        DMatrixRMaj result = new DMatrixRMaj((int) first.size(0), (int) first.size(0));
        CommonOps_DDRM.solve(ejml(first), ejml(second), result);
        return result;
    }

    /** No product near the minimum, of any form, has a smaller divergence; scales from 1e-3 to 1e3, deficient ranks. */
    @ParameterizedTest
    @ValueSource(doubles = {1e-3, 1, 1e3})
    void noNeighbourIsBetterThanTheMinimum(double scale) {
        for (long seed = 1; seed <= 10; seed++) {
            FactorPair prior = new FactorPair(spd(4, 4, seed), spd(3, 3, seed + 50));
            FactorPair fisher = new FactorPair(spd(4, 1 + seed % 4, seed + 100).muli(scale), spd(3, 2, seed + 150));
            KroneckerSumProblem problem = new KroneckerSumProblem(prior, fisher);
            KroneckerSumProblem.Weights best = problem.weights(KroneckerSum.KL);
            FactorPair factors = problem.factors(best);
            DMatrixRMaj exact = ejml(kron(prior).add(kron(fisher)));
            double minimum = divergence(ejml(kron(factors)), exact);

            assertThat(minimum).isCloseTo(problem.divergence(best), within(1e-9));
            for (long neighbour = 0; neighbour < 20; neighbour++) {
                FactorPair moved = new FactorPair(
                        moved(factors.inputs(), 1e-3, 1000 * seed + neighbour),
                        moved(factors.outputs(), 1e-3, 2000 * seed + neighbour));
                assertThat(divergence(ejml(kron(moved)), exact)).isGreaterThan(minimum - 1e-12);
            }
            for (KroneckerSum other : KroneckerSum.values()) {
                assertThat(problem.divergence(problem.weights(other))).isGreaterThan(minimum - 1e-9);
            }
        }
    }

    /** A congruent matrix near the given one. */
    private static INDArray moved(INDArray matrix, double size, long seed) {
        INDArray change = Nd4j.eye(matrix.size(0))
                .castTo(DataType.DOUBLE)
                .addi(RandomMatrices.gaussian(new long[] {matrix.size(0), matrix.size(0)}, seed)
                        .muli(size));
        return change.mmul(matrix).mmul(change.transpose());
    }

    /** Both factors satisfy the stationarity equations, and tr((E x F)^-1 S) = n m. */
    @ParameterizedTest
    @MethodSource("golden")
    void minimumIsStationary(Sum sum) {
        FactorPair b = sum.pair("A1", "G1");
        FactorPair c = sum.pair("A2", "G2");
        KroneckerSumProblem problem = sum.problem();
        FactorPair e = problem.factors(problem.weights(KroneckerSum.KL));
        INDArray inverseInputs = inverse(e.inputs());
        INDArray inverseOutputs = inverse(e.outputs());
        double priorOutputs = trace(b.outputs().mmul(inverseOutputs));
        double fisherOutputs = trace(c.outputs().mmul(inverseOutputs));
        double priorInputs = trace(b.inputs().mmul(inverseInputs));
        double fisherInputs = trace(c.inputs().mmul(inverseInputs));
        long n = e.inputs().size(0);
        long m = e.outputs().size(0);

        assertThatMatrix(b.inputs()
                        .mul(priorOutputs)
                        .add(c.inputs().mul(fisherOutputs))
                        .div(m))
                .isWithinRelativeFrobenius(e.inputs(), 1e-10);
        assertThatMatrix(b.outputs()
                        .mul(priorInputs)
                        .add(c.outputs().mul(fisherInputs))
                        .div(n))
                .isWithinRelativeFrobenius(e.outputs(), 1e-10);
        assertThat(priorInputs * priorOutputs + fisherInputs * fisherOutputs).isCloseTo((double) n * m, within(1e-9));
    }

    /** Exchanging left and right, or changing coordinates, changes the solution accordingly. */
    @ParameterizedTest
    @EnumSource(names = {"KL"})
    void solutionIsEquivariant(KroneckerSum kind) {
        FactorPair prior = new FactorPair(spd(4, 4, 1), spd(3, 3, 2));
        FactorPair fisher = new FactorPair(spd(4, 2, 3), spd(3, 3, 4));
        INDArray t = RandomMatrices.gaussian(new long[] {4, 4}, 5);
        INDArray u = RandomMatrices.gaussian(new long[] {3, 3}, 6);
        INDArray solution = kron(solve(kind, prior, fisher));

        FactorPair swapped = solve(kind, swapped(prior), swapped(fisher));
        FactorPair transformed = solve(kind, congruent(prior, t, u), congruent(fisher, t, u));

        assertThatMatrix(kron(swapped(swapped))).isWithinRelativeFrobenius(solution, 1e-12);
        INDArray both = kron(new FactorPair(t, u));
        assertThatMatrix(kron(transformed))
                .isWithinRelativeFrobenius(both.mmul(solution).mmul(both.transpose()), 1e-11);
    }

    /** The additive sum is never below the sum, and its trace is the square of a sum of roots. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void additiveSumOverestimates(long seed) {
        FactorPair prior = new FactorPair(spd(4, 4, seed), spd(3, 3, seed + 50));
        FactorPair fisher = new FactorPair(spd(4, 2, seed + 100), spd(3, 2, seed + 150));

        FactorPair sum = solve(KroneckerSum.ADDITIVE, prior, fisher);

        INDArray excess = kron(sum).sub(kron(prior)).sub(kron(fisher));
        double smallest = io.github.dl4jcurvature.linalg.SymmetricEigendecomposition.of(excess)
                .values()
                .getDouble(0);
        assertThat(smallest).isGreaterThan(-1e-12);
        double expected = Math.pow(Math.sqrt(prior.trace()) + Math.sqrt(fisher.trace()), 2);
        assertThat(sum.trace()).isCloseTo(expected, within(1e-10 * expected));
    }

    /**
     * The equations \( \sigma = h(\lambda, \rho) \), \( \rho = h(\mu, \sigma) \) of matrices of order 2 and rank 1 by hand:
     * with \( \lambda = (X, 0) \), \( \mu = (Y, 0) \) they are \( \sigma (2 + X \rho) = X \), \( \rho (2 + Y \sigma) = Y \), and
     * give a quadratic equation for \( \rho \sigma \).
     *
     * <p>The fixed-point iteration contracts by about \( 1 - 4 / \sqrt{XY} \): it ends at \( XY = 1 \), and does not at
     * 1.6e5. Rounding of 1e-16 in the map moves the fixed point by 100 times that. A negative eigenvalue of the size of
     * rounding in single precision counts as zero; left as it is, it errs by 4e-10 or more.
     */
    @ParameterizedTest
    @CsvSource({"1e8, 1e-8", "4e8, 4e-4", "4e-4, 4e8"})
    void minimumOfTwoMatricesOfRankOneIsTheRootOfAQuadraticEquation(double x, double y) {
        FactorPair prior = new FactorPair(diagonal(1, 1), diagonal(1, 1));
        FactorPair fisher = new FactorPair(diagonal(x, -1e-9 * x), diagonal(-1e-9 * y, y));
        double k = x * y / 4;
        double remainder = (Math.sqrt(4 * k + 1) - 1) / (2 * k); // 1 - rho sigma
        double rho = y * remainder / 2;
        double sigma = x * remainder / 2;

        KroneckerSumProblem.Weights weights = new KroneckerSumProblem(prior, fisher).weights(KroneckerSum.KL);

        assertThat(weights.rho()).isCloseTo(rho, withinPercentage(1e-8));
        assertThat(weights.sigma()).isCloseTo(sigma, withinPercentage(1e-8));
        assertThat(weights.scale()).isCloseTo((1 + 1 / (1 + rho * x)) / 2, withinPercentage(1e-8));
    }

    /**
     * The leading singular vectors by hand where the two terms weigh the same, \( \|B_L\|^2 \|B_R\|^2 = \|C_L\|^2 \|C_R\|^2 \):
     * the diagonals give the matrix with rows (3, 1), (3, 1), (1, 1), (1, 1), whose Gram matrix [20, 8; 8, 4] has the
     * eigenvector \( v = (1, \sqrt2 - 1) \).
     */
    @Test
    void nearestProductWhereBothTermsWeighTheSame() {
        FactorPair prior = new FactorPair(diagonal(1, 1, 1, 1), diagonal(1, 1));
        FactorPair fisher = new FactorPair(diagonal(1, 1, 0, 0), diagonal(2, 0));

        FactorPair nearest = solve(KroneckerSum.FROBENIUS, prior, fisher);

        double root = Math.sqrt(2);
        INDArray left = diagonal(2 + root, 2 + root, root, root); // T v
        INDArray right = diagonal(1, root - 1).div(4 - 2 * root); // v / v^T v
        assertThatMatrix(kron(nearest)).isWithinRelativeFrobenius(kron(new FactorPair(left, right)), 1e-14);
    }

    @ParameterizedTest
    @EnumSource(KroneckerSum.class)
    void vanishingFisherLeavesThePrior(KroneckerSum kind) {
        FactorPair prior = new FactorPair(spd(4, 4, 1), spd(3, 3, 2));
        FactorPair noOutputs = new FactorPair(spd(4, 4, 3), Nd4j.zeros(DataType.DOUBLE, 3, 3));
        FactorPair noInputs = new FactorPair(Nd4j.zeros(DataType.DOUBLE, 4, 4), spd(3, 3, 3));
        assertThatMatrix(kron(solve(kind, prior, noOutputs))).isWithinRelativeFrobenius(kron(prior), 1e-14);
        assertThatMatrix(kron(solve(kind, prior, noInputs))).isWithinRelativeFrobenius(kron(prior), 1e-14);
    }

    private static FactorPair solve(KroneckerSum kind, FactorPair prior, FactorPair fisher) {
        KroneckerSumProblem problem = new KroneckerSumProblem(prior, fisher);
        return problem.factors(problem.weights(kind));
    }

    @SuppressWarnings("ArgumentSelectionDefectChecker") // exchanged on purpose
    private static FactorPair swapped(FactorPair pair) {
        return new FactorPair(pair.outputs(), pair.inputs());
    }

    private static FactorPair congruent(FactorPair pair, INDArray t, INDArray u) {
        return new FactorPair(
                t.mmul(pair.inputs()).mmul(t.transpose()),
                u.mmul(pair.outputs()).mmul(u.transpose()));
    }

    private static INDArray spd(long order, long rank, long seed) {
        INDArray root = RandomMatrices.gaussian(new long[] {order, rank}, seed);
        INDArray matrix = root.mmul(root.transpose());
        return rank < order
                ? matrix
                : matrix.addi(Nd4j.eye(order).castTo(DataType.DOUBLE).muli(0.1));
    }

    private static INDArray diagonal(double... entries) {
        return Nd4j.diag(Nd4j.createFromArray(entries));
    }

    private static double trace(INDArray matrix) {
        return Nd4j.diag(matrix).sumNumber().doubleValue();
    }

    private static INDArray inverse(INDArray matrix) {
        DMatrixRMaj inverse = new DMatrixRMaj((int) matrix.size(0), (int) matrix.size(1));
        CommonOps_DDRM.invert(ejml(matrix), inverse);
        return Nd4j.createFromArray(inverse.data).reshape('c', matrix.shape());
    }

    private static DMatrixRMaj ejml(INDArray matrix) {
        return new DMatrixRMaj(
                (int) matrix.size(0),
                (int) matrix.size(1),
                true,
                matrix.dup('c').data().asDouble());
    }

    /** The Kronecker product of row-major stacked elements, from its definition. */
    static INDArray kron(FactorPair pair) {
        long n = pair.inputs().size(0);
        long m = pair.outputs().size(0);
        INDArray product = Nd4j.zeros(DataType.DOUBLE, n * m, n * m);
        for (long i = 0; i < n; i++) {
            for (long j = 0; j < n; j++) {
                for (long k = 0; k < m; k++) {
                    for (long l = 0; l < m; l++) {
                        product.putScalar(
                                i * m + k,
                                j * m + l,
                                pair.inputs().getDouble(i, j) * pair.outputs().getDouble(k, l));
                    }
                }
            }
        }
        return product;
    }
}
