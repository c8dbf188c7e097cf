/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.gplvm;

import java.util.Arrays;
import java.util.List;

import io.github.dl4jcurvature.gplvm.Manifold;
import io.github.dl4jcurvature.linalg.CholeskyFactorization;
import org.apache.commons.math3.optim.InitialGuess;
import org.apache.commons.math3.optim.MaxEval;
import org.apache.commons.math3.optim.nonlinear.scalar.GoalType;
import org.apache.commons.math3.optim.nonlinear.scalar.ObjectiveFunction;
import org.apache.commons.math3.optim.nonlinear.scalar.noderiv.NelderMeadSimplex;
import org.apache.commons.math3.optim.nonlinear.scalar.noderiv.SimplexOptimizer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * What is left for a latent variable model of rotations that learns its tuning curves: decoding by an observer who is given the true
 * latents of all other times and learns the curves from them, without knowing their form, by exact Gaussian-process regression with
 * a shared squared exponential kernel on chordal distance,
 *
 * <p>k(a, b) = alpha^2 exp(-2 (1 - (a . b)^2) / l^2) + sigma^2 at equal times,
 *
 * <p>whose alpha, l and sigma maximise the marginal likelihood of the data at all true latents. A model of the same kernel that has to
 * find the latents too knows less.
 */
public final class LearnedTuning {
    private static final Manifold ROTATIONS = Manifold.rotations();
    private static final int EVALUATIONS = 400;
    private static final double TOLERANCE = 1e-7;
    private static final double FIRST_STEP = 0.3; // of logarithms

    private final INDArray data;
    private final INDArray latents;
    private final double[] logarithms; // of alpha, l and sigma
    private final INDArray inverse; // of the covariance of all times

    /**
     * Fits the three numbers of the kernel.
     *
     * @param data [T, N]
     * @param latents rotations as unit quaternions [T, 4]
     */
    public LearnedTuning(INDArray data, INDArray latents) {
        this.data = data;
        this.latents = latents;
        double[] start = {
            Math.log(data.std(0).meanNumber().doubleValue()),
            0,
            Math.log(data.stdNumber().doubleValue() / 2)
        };
        double[] steps = {FIRST_STEP, FIRST_STEP, -FIRST_STEP};
        this.logarithms = new SimplexOptimizer(TOLERANCE, TOLERANCE)
                .optimize(
                        new MaxEval(EVALUATIONS),
                        new ObjectiveFunction(this::logMarginalLikelihood),
                        GoalType.MAXIMIZE,
                        new InitialGuess(start),
                        new NelderMeadSimplex(steps))
                .getPoint();
        this.inverse = CholeskyFactorization.of(covariance(logarithms)).inverse();
    }

    /** Without noise, [A, B] between rotations [A, 4] and [B, 4]. */
    private static INDArray kernel(double[] logarithms, INDArray a, INDArray b) {
        INDArray cosines = a.mmul(b.transpose());
        INDArray exponents = cosines.muli(cosines).subi(1).muli(2 * Math.exp(-2 * logarithms[1]));
        return Transforms.exp(exponents, false).muli(Math.exp(2 * logarithms[0]));
    }

    private INDArray covariance(double[] logarithms) {
        INDArray kernel = kernel(logarithms, latents, latents);
        return kernel.addi(Nd4j.eye(kernel.rows()).castTo(kernel.dataType()).muli(Math.exp(2 * logarithms[2])));
    }

    private double logMarginalLikelihood(double[] logarithms) {
        CholeskyFactorization factorization = CholeskyFactorization.of(covariance(logarithms));
        double quadratic = data.mul(factorization.solve(data)).sumNumber().doubleValue();
        return -(quadratic + data.columns() * factorization.logDeterminant()) / 2;
    }

    /**
     * Distances of the posterior means from the latents at 200 times at most, each given the activity at its time and latents and
     * activity at all others.
     *
     * @return a vector
     */
    public INDArray errors() {
        double[][] given = latents.toDoubleMatrix();
        LocalPosterior posterior = new LocalPosterior(ROTATIONS);
        return Nd4j.createFromArray(Arrays.stream(LocalPosterior.times(given.length))
                .mapToDouble(t -> posterior.error(given[t], points -> logLikelihoods(t, points)))
                .toArray());
    }

    /** Of points [P, 4]. The inverse without a time is Q - q q' / Q_tt, whose row and column of that time are zero. */
    private INDArray logLikelihoods(int time, INDArray points) {
        INDArray toPoints = kernel(logarithms, points, latents); // [P, T]
        INDArray column = inverse.getColumn(time, true).dup();
        INDArray left = toPoints.mmul(column).divi(inverse.getDouble(time, time));
        INDArray weights = toPoints.mmul(inverse).subi(left.mmul(column.transpose()));
        // the prediction of each neuron from all other times, less what was observed, [P, N]
        INDArray errors = weights.mmul(data).subiRowVector(data.getRow(time, true));
        double variance = Math.exp(2 * logarithms[0]) + Math.exp(2 * logarithms[2]);
        INDArray variances = weights.muli(toPoints).sum(1).rsubi(variance);
        INDArray result = errors.muli(errors)
                .sum(1)
                .divi(variances)
                .addi(Transforms.log(variances).muli(data.columns()));
        List.of(toPoints, weights, errors)
                .forEach(INDArray::close); // large, and the collector knows of small objects only
        return result.muli(-0.5);
    }
}
