/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.equations;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

import io.github.dl4jcurvature.equations.Argument;
import io.github.dl4jcurvature.equations.Equation;
import io.github.dl4jcurvature.equations.Output;
import io.github.dl4jcurvature.equations.Solution;
import org.apache.commons.math3.fitting.leastsquares.LeastSquaresBuilder;
import org.apache.commons.math3.fitting.leastsquares.LevenbergMarquardtOptimizer;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.apache.commons.math3.util.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Inverse linear-quadratic regulation: finds the state cost Q that makes a regulator move as it was seen to move.
 *
 * <p>Twenty trajectories of twenty steps of \(x_{t+1} = (A - B K(Q)) x_t\) are given. \(Q = L L^\top + 10^{-9} I\) is
 * learned from L = I by the method of Levenberg and Marquardt on the distances of the trajectories, whose derivatives are
 * those of the closed loop of the discrete-time Riccati equation. Setting: Kao and Hennequin (arXiv 2011.11430), where
 * L-BFGS does the same.
 */
public final class CostRecovery {
    private static final int STATES = 2;
    private static final int PARAMETERS = STATES * STATES;
    private static final int TRAJECTORIES = 20;
    private static final int STEPS = 20;
    private static final double FLOOR = 1e-9;
    private static final INDArray A = Nd4j.createFromArray(new double[][] {{1, 1}, {0, 1}});
    private static final INDArray B = Nd4j.createFromArray(new double[][] {{1, 0}, {0, 1}});
    private static final INDArray R = Nd4j.createFromArray(new double[][] {{0.1, 0}, {0, 0.3}});
    private static final INDArray Q = Nd4j.createFromArray(new double[][] {{1, 0}, {0, 0}});

    private final INDArray start;
    private final double[] targets;
    private final List<double[]> curve = new ArrayList<>();

    /**
     * Draws the starts of the trajectories.
     *
     * @param seed of their positions
     */
    public CostRecovery(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        start = GaussianMatrix.of(STATES, TRAJECTORIES, 1, random);
        targets = flat(trajectories(regulator(Q).closedLoop()));
    }

    private static Solution regulator(INDArray q) {
        return Equation.DARE.solve(Map.of(Argument.A, A, Argument.B, B, Argument.Q, q, Argument.R, R));
    }

    private List<INDArray> trajectories(INDArray closedLoop) {
        List<INDArray> states = new ArrayList<>();
        INDArray x = start;
        for (int t = 0; t < STEPS; t++) {
            x = closedLoop.mmul(x);
            states.add(x);
        }
        return states;
    }

    /** Change of the trajectories with the closed loop: dx' = dA_c x + A_c dx. */
    private List<INDArray> changes(INDArray closedLoop, INDArray change, List<INDArray> states) {
        List<INDArray> changes = new ArrayList<>();
        INDArray dx = Nd4j.zeros(DataType.DOUBLE, STATES, TRAJECTORIES);
        for (int t = 0; t < STEPS; t++) {
            dx = change.mmul(t == 0 ? start : states.get(t - 1)).add(closedLoop.mmul(dx));
            changes.add(dx);
        }
        return changes;
    }

    /**
     * Learns and records each iteration.
     *
     * @param iterations at most
     */
    public void run(int iterations) {
        RealVector initial = new ArrayRealVector(new double[] {1, 0, 0, 1});
        record(initial);
        new LevenbergMarquardtOptimizer()
                .withCostRelativeTolerance(1e-14)
                .withParameterRelativeTolerance(1e-14)
                .withOrthoTolerance(1e-14)
                .optimize(new LeastSquaresBuilder()
                        .start(initial)
                        .target(targets)
                        .model(this::valueAndJacobian)
                        .maxIterations(10 * iterations)
                        .maxEvaluations(100 * iterations)
                        .checker((iteration, previous, current) -> {
                            record(current.getPoint());
                            return iteration >= iterations || last(2) < 1e-9;
                        })
                        .build());
    }

    private Pair<RealVector, RealMatrix> valueAndJacobian(RealVector point) {
        INDArray factor = factor(point);
        Solution regulator = regulator(cost(factor));
        INDArray closedLoop = regulator.closedLoop();
        List<INDArray> states = trajectories(closedLoop);
        double[][] columns = new double[PARAMETERS][];
        for (int p = 0; p < PARAMETERS; p++) {
            INDArray direction = Nd4j.zeros(DataType.DOUBLE, STATES, STATES);
            direction.putScalar(p / STATES, p % STATES, 1);
            INDArray half = direction.mmul(factor.transpose());
            INDArray change = Objects.requireNonNull(regulator
                    .derivatives(Map.of(Argument.Q, half.add(half.transpose())))
                    .get(Output.CLOSED_LOOP));
            columns[p] = flat(changes(closedLoop, change, states));
        }
        return new Pair<>(
                new ArrayRealVector(flat(states), false), new Array2DRowRealMatrix(columns, false).transpose());
    }

    private void record(RealVector point) {
        INDArray cost = cost(factor(point));
        double[] states = flat(trajectories(regulator(cost).closedLoop()));
        double loss = 0;
        for (int i = 0; i < states.length; i++) {
            loss += (states[i] - targets[i]) * (states[i] - targets[i]) / (STEPS * TRAJECTORIES);
        }
        curve.add(new double[] {curve.size(), loss, cost.sub(Q).norm2Number().doubleValue()});
    }

    private static INDArray factor(RealVector point) {
        return Nd4j.createFromArray(point.toArray()).reshape('c', STATES, STATES);
    }

    private static INDArray cost(INDArray factor) {
        return factor.mmul(factor.transpose())
                .add(Nd4j.eye(STATES).castTo(DataType.DOUBLE).mul(FLOOR));
    }

    private static double[] flat(List<INDArray> states) {
        return Nd4j.vstack(states.toArray(new INDArray[0])).dup('c').data().asDouble();
    }

    /**
     * One of the recorded curves.
     *
     * @param quantity 0 the iterations, 1 the loss, 2 the Frobenius distance of Q from the true one
     * @return a number for each record
     */
    public double[] curve(int quantity) {
        return curve.stream().mapToDouble(record -> record[quantity]).toArray();
    }

    /**
     * The last of a curve.
     *
     * @param quantity as for {@link #curve}
     * @return its value
     */
    public double last(int quantity) {
        return curve.get(curve.size() - 1)[quantity];
    }
}
