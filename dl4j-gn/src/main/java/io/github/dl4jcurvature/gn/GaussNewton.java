/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * Configuration of the exact Gauss-Newton updater for reversible networks.
 *
 * <p>With residuals R, one row for each example ({@link GaussNewtonLoss}), and the Jacobian J of the network's outputs, a
 * step changes the parameters by \(-\alpha \sum_l w_l \Delta_l\) with \(J_l \Delta_l = R\) for each block l and \(\sum_l w_l =
 * 1\): the linearised outputs move by \(-\alpha R\). \(\alpha = 1\) is a full Gauss-Newton step. \(\Delta_l\) comes from two
 * least-squares problems with the activations of the block; no curvature matrix is formed. It is exact if the activations
 * of all examples of the batch are linearly independent, for which the batch must have at most m + 1 examples. Among the
 * solutions it is not the one of least norm.
 *
 * <p>The layers compute the steps while the host back-propagates; the updater scales them. {@link GaussNewtonSpan#prepare}
 * checks a configuration and tells each layer its weights \(w_l\); {@link RevMlp} builds prepared configurations. There is
 * no state. L2 regularisation adds \(\alpha w_l \lambda \theta\) to the step of block l (in a stack with the mean weight of
 * its blocks), weight decay \(\alpha \lambda \theta\); gradient normalisation acts on \(\Delta_l\).
 *
 * <p>Source: Buffelli, McGowan, Xu, Cioba, Shiu, Hennequin, Bernacchia: Exact, tractable Gauss-Newton optimization in deep
 * reversible architectures reveal poor generalization. NeurIPS 2024, arXiv 2411.07979. There \(w_l = 1\); rates of the
 * paper's code are \(\alpha / L\) for L blocks.
 */
public final class GaussNewton implements IUpdater {
    private static final long serialVersionUID = 1L;
    private static final double LEAST_FLOAT_TOLERANCE = 1e-3;

    /** How the least-squares problems \(A U = T\) are solved. */
    public enum Solver {
        /** \(A^+ T\) without the singular values below a tolerance. */
        TRUNCATED,
        /** \((A^\top A + \lambda I)^{-1} A^\top T\). */
        DAMPED,
        /** Like {@link #DAMPED}, with \(\lambda\) a fraction of the largest eigenvalue of \(A^\top A\). */
        RELATIVELY_DAMPED
    }

    private double learningRate;
    private @Nullable ISchedule learningRateSchedule;
    private final Solver solver;
    private final double relativeTolerance;
    private final double absoluteTolerance;
    private final double damping;
    private final double @Nullable [] blockWeights;
    private final double maxStepNorm;
    private final boolean strict;
    /** Weights of the blocks of the layer this configuration belongs to; absent until prepared. */
    private double @Nullable [] layerWeights;

    /** Full steps with all defaults; also for deserialisation. */
    public GaussNewton() {
        this(builder());
    }

    /**
     * Defaults but for the rate.
     *
     * @param alpha fraction of a full step, positive
     */
    public GaussNewton(double alpha) {
        this(builder().alpha(alpha));
    }

    private GaussNewton(Builder values) {
        learningRate = values.alpha;
        learningRateSchedule = values.schedule;
        solver = values.solver;
        relativeTolerance = values.relativeTolerance;
        absoluteTolerance = values.absoluteTolerance;
        damping = values.damping;
        blockWeights = values.blockWeights;
        maxStepNorm = values.maxStepNorm;
        strict = values.strict;
    }

    private GaussNewton(GaussNewton other) {
        learningRate = other.learningRate;
        learningRateSchedule = other.learningRateSchedule == null ? null : other.learningRateSchedule.clone();
        solver = other.solver;
        relativeTolerance = other.relativeTolerance;
        absoluteTolerance = other.absoluteTolerance;
        damping = other.damping;
        blockWeights = other.blockWeights == null ? null : other.blockWeights.clone();
        maxStepNorm = other.maxStepNorm;
        strict = other.strict;
        layerWeights = other.layerWeights == null ? null : other.layerWeights.clone();
    }

    /**
     * Starts with all defaults: full steps, truncation at 1e-2 of the largest singular value and at 1e-5, equal weights,
     * no bound on the step.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** A copy for a layer with blocks of given weights. */
    GaussNewton forLayer(double... weights) {
        GaussNewton copy = new GaussNewton(this);
        copy.layerWeights = weights.clone();
        return copy;
    }

    /** Weights of a network's blocks. */
    double[] weights(int blocks) {
        if (blockWeights == null) {
            double[] equal = new double[blocks];
            Arrays.fill(equal, 1.0 / blocks);
            return equal;
        }
        if (blockWeights.length != blocks) {
            throw new IllegalArgumentException(
                    "block weights %s are %d but the network has %d blocks; give one for each, from input to output"
                            .formatted(Arrays.toString(blockWeights), blockWeights.length, blocks));
        }
        return blockWeights.clone();
    }

    boolean isPrepared() {
        return layerWeights != null;
    }

    /** By what a block's raw step is multiplied before the updater scales the layer's. */
    double relativeWeight(int block) {
        double mean = meanWeight();
        return layerWeights == null || mean == 0 ? 1 : layerWeights[block] / mean;
    }

    private double meanWeight() {
        if (layerWeights == null) {
            throw new IllegalStateException(
                    "GaussNewton does not know how many blocks share a step; pass the configuration through"
                            + " GaussNewtonSpan.prepare(configuration), or build it with RevMlp.builder()");
        }
        return Arrays.stream(layerWeights).average().orElse(0);
    }

    /** The factor of raw steps. */
    double factor(int iteration, int epoch) {
        return getLearningRate(iteration, epoch) * meanWeight();
    }

    double maxStepNorm() {
        return maxStepNorm;
    }

    boolean isStrict() {
        return strict;
    }

    FeatureSolver solver(DataType type) {
        if (type != DataType.DOUBLE && solver == Solver.TRUNCATED && relativeTolerance < LEAST_FLOAT_TOLERANCE) {
            throw new IllegalStateException(
                    ("relative tolerance %s is below %s, which the activations of a %s network need; raise it or use"
                                    + " dataType(DataType.DOUBLE)")
                            .formatted(relativeTolerance, LEAST_FLOAT_TOLERANCE, type));
        }
        return switch (solver) {
            case TRUNCATED -> FeatureSolver.truncated(relativeTolerance, absoluteTolerance);
            case DAMPED -> FeatureSolver.damped(damping);
            case RELATIVELY_DAMPED -> FeatureSolver.relativelyDamped(damping);
        };
    }

    @Override
    public long stateSize(long numberOfParameters) {
        return 0;
    }

    @Override
    public GradientUpdater<GaussNewton> instantiate(@Nullable INDArray view, boolean initialize) {
        return new GaussNewtonUpdater(this);
    }

    @Override
    public GradientUpdater<GaussNewton> instantiate(Map<String, INDArray> state, boolean initialize) {
        return new GaussNewtonUpdater(this);
    }

    @Override
    public double getLearningRate(int iteration, int epoch) {
        return learningRateSchedule == null ? learningRate : learningRateSchedule.valueAt(iteration, epoch);
    }

    @Override
    public boolean hasLearningRate() {
        return true;
    }

    @Override
    public void setLrAndSchedule(double rate, @Nullable ISchedule schedule) {
        learningRate = rate;
        learningRateSchedule = schedule;
    }

    @Override
    @SuppressWarnings({"MethodDoesntCallSuperMethod", "PMD.ProperCloneImplementation"})
    public GaussNewton clone() {
        return new GaussNewton(this);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof GaussNewton that
                && Double.compare(learningRate, that.learningRate) == 0
                && Objects.equals(learningRateSchedule, that.learningRateSchedule)
                && solver == that.solver
                && relativeTolerance == that.relativeTolerance
                && absoluteTolerance == that.absoluteTolerance
                && damping == that.damping
                && Arrays.equals(blockWeights, that.blockWeights)
                && maxStepNorm == that.maxStepNorm
                && strict == that.strict
                && Arrays.equals(layerWeights, that.layerWeights);
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                learningRate,
                learningRateSchedule,
                solver,
                relativeTolerance,
                absoluteTolerance,
                damping,
                Arrays.hashCode(blockWeights),
                maxStepNorm,
                strict,
                Arrays.hashCode(layerWeights));
    }

    @Override
    public String toString() {
        return "GaussNewton(alpha=%s, solver=%s)".formatted(learningRate, solver);
    }

    /** Values of a {@link GaussNewton}. */
    public static final class Builder {
        private double alpha = 1;
        private @Nullable ISchedule schedule;
        private Solver solver = Solver.TRUNCATED;
        private double relativeTolerance = 1e-2;
        private double absoluteTolerance = 1e-5;
        private double damping;
        private double @Nullable [] blockWeights;
        private double maxStepNorm = Double.MAX_VALUE;
        private boolean strict;

        private Builder() {}

        /**
         * Sets the fraction of a full step.
         *
         * @param value \(\alpha\), positive; between 0.1 and 1 as a rule
         * @return this
         */
        public Builder alpha(double value) {
            alpha = positive("alpha", value);
            return this;
        }

        /**
         * Sets a schedule of the fraction of a full step.
         *
         * @param value \(\alpha\) as a function of iteration or epoch
         * @return this
         */
        public Builder alpha(ISchedule value) {
            schedule = Objects.requireNonNull(value, "schedule must not be null");
            return this;
        }

        /**
         * Solves with the singular values that are not below either tolerance.
         *
         * @param relative fraction of the largest singular value, at least 1e-7, and 1e-3 in float networks
         * @param absolute least singular value, not negative
         * @return this
         */
        public Builder truncated(double relative, double absolute) {
            if (!(relative >= 1e-7 && relative < 1)) {
                throw new IllegalArgumentException(
                        "relative tolerance is %s but must be at least 1e-7 and below 1; without it, duplicate examples give steps of any size"
                                .formatted(relative));
            }
            if (!(absolute >= 0 && absolute < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "absolute tolerance is %s but must be finite and not negative; use 0 for none"
                                .formatted(absolute));
            }
            solver = Solver.TRUNCATED;
            relativeTolerance = relative;
            absoluteTolerance = absolute;
            return this;
        }

        /**
         * Solves with damping.
         *
         * @param lambda \(\lambda\), positive, in units of squared activations summed over the batch
         * @return this
         */
        public Builder damped(double lambda) {
            damping = positive("lambda", lambda);
            solver = Solver.DAMPED;
            return this;
        }

        /**
         * Solves with damping relative to the largest eigenvalue.
         *
         * @param fraction positive
         * @return this
         */
        public Builder relativelyDamped(double fraction) {
            damping = positive("fraction", fraction);
            solver = Solver.RELATIVELY_DAMPED;
            return this;
        }

        /**
         * Sets how the step is shared among the blocks.
         *
         * @param weights one for each block from input to output, not negative, of sum 1
         * @return this
         */
        public Builder blockWeights(double... weights) {
            double sum = Arrays.stream(weights).sum();
            if (!(Math.abs(sum - 1) <= 1e-9) || !Arrays.stream(weights).allMatch(w -> w >= 0)) {
                throw new IllegalArgumentException(
                        "block weights %s must not be negative and sum to 1 but sum to %s; divide them by their sum"
                                .formatted(Arrays.toString(weights), sum));
            }
            blockWeights = weights.clone();
            return this;
        }

        /**
         * Shortens steps of a layer that are too long.
         *
         * @param norm largest Euclidean norm of the change of a layer's parameters in one step, positive
         * @return this
         */
        public Builder maxStepNorm(double norm) {
            maxStepNorm = positive("norm", norm);
            return this;
        }

        /**
         * Refuses batches for which the step cannot be exact, instead of warning once.
         *
         * @param refuse by default false
         * @return this
         */
        public Builder strict(boolean refuse) {
            strict = refuse;
            return this;
        }

        /**
         * Creates the configuration.
         *
         * @return what was set
         */
        public GaussNewton build() {
            return new GaussNewton(this);
        }

        private static double positive(String name, double value) {
            if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "%s is %s but must be positive and finite; choose a number above 0".formatted(name, value));
            }
            return value;
        }
    }
}
