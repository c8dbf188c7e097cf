/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import io.github.dl4jcurvature.fisher.FisherLabels;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.schedule.ISchedule;

/** Fluent builder of {@link Ncl}; each setter checks its own argument, so that the stack trace points at the culprit. */
public final class NclBuilder {
    double learningRate = 0.05;

    @Nullable
    ISchedule learningRateSchedule;

    double rateDecayPerTask;
    double momentum = 0.9;
    double dataSize = 10_000;
    Ncl.Method method = Ncl.Method.NCL;
    Ncl.Step step = Ncl.Step.MOMENTUM;
    private @Nullable Double priorWeight;
    double priorPrecision = 1;
    double damping = 1e-3;
    private @Nullable Boolean dampingRelative;
    KroneckerSum kroneckerSum = KroneckerSum.KL;

    @Nullable
    FisherLabels fisherLabels;

    int fisherExamples;
    double forgetting = 1;
    boolean resetMomentum = true;
    boolean referenceTimeNormalisation;
    Ncl.Fallback fallback = Ncl.Fallback.DIAGONAL;
    long maxDimension = 5_000;
    int consolidateEvery;
    long seed = 1;

    NclBuilder() {}

    /**
     * Learning rate \( \eta \), that of gradient descent in the first task; default 0.05. Recurrent networks want 0.001 to 0.03, by the
     * scale of their loss.
     *
     * @param value positive
     * @return this builder
     * @throws IllegalArgumentException if the value is not positive and finite
     */
    public NclBuilder learningRate(double value) {
        learningRate = requirePositive("learningRate", value);
        return this;
    }

    /**
     * Schedule of the learning rate; replaces the fixed rate.
     *
     * @param schedule values must be positive
     * @return this builder
     */
    public NclBuilder learningRateSchedule(@Nullable ISchedule schedule) {
        learningRateSchedule = schedule;
        return this;
    }

    /**
     * Divides the rate after k tasks by \( 1 + d k \); default 0. The authors' Laplace baseline uses 50. A layer of which nothing is remembered, as
     * of all with {@link Ncl.Method#SGD}, has no tasks to count and keeps its rate.
     *
     * @param value d, not negative
     * @return this builder
     * @throws IllegalArgumentException if the value is negative or not finite
     */
    public NclBuilder rateDecayPerTask(double value) {
        rateDecayPerTask = requireNonNegative("rateDecayPerTask", value);
        return this;
    }

    /**
     * Decay \( \rho \) of the momentum; default 0.9.
     *
     * @param value in [0, 1)
     * @return this builder
     * @throws IllegalArgumentException if the value is outside
     */
    public NclBuilder momentum(double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException("momentum must be in [0, 1) but is %s; 0.9 is usual".formatted(value));
        }
        momentum = value;
        return this;
    }

    /**
     * Data size N, the examples of a task, or the inverse of the first prior's weight; default 10 000. The larger it is, the stiffer
     * are directions that matter to earlier tasks, and the weaker is the pull to the mean.
     *
     * @param value positive
     * @return this builder
     * @throws IllegalArgumentException if the value is not positive and finite
     */
    public NclBuilder dataSize(double value) {
        dataSize = requirePositive("dataSize", value);
        return this;
    }

    /**
     * What is remembered and how it acts; default {@link Ncl.Method#NCL}.
     *
     * @param value the method
     * @return this builder
     */
    public NclBuilder method(Ncl.Method value) {
        method = required("method", value);
        return this;
    }

    /**
     * How a gradient becomes a step; default {@link Ncl.Step#MOMENTUM}.
     *
     * @param value {@link Ncl.Step#ADAM} only with KFAC, EWC and SGD
     * @return this builder
     */
    public NclBuilder step(Ncl.Step value) {
        step = required("step", value);
        return this;
    }

    /**
     * Weight \( \lambda \) of the prior in the gradient; default 1 for NCL, KFAC and EWC, and 0, which is the only value, for the
     * others.
     *
     * @param value not negative
     * @return this builder
     * @throws IllegalArgumentException if the value is negative or not finite
     */
    public NclBuilder priorWeight(double value) {
        priorWeight = requireNonNegative("priorWeight", value);
        return this;
    }

    /**
     * Precision p of the prior before the first task, in units of 1; default 1.
     *
     * @param value positive
     * @return this builder
     * @throws IllegalArgumentException if the value is not positive and finite
     */
    public NclBuilder priorPrecision(double value) {
        priorPrecision = requirePositive("priorPrecision", value);
        return this;
    }

    /**
     * Damping \( \alpha \) in units of the mean precision; default 0.001, which costs 0.2 % of the rate in the first task. For OWM and
     * DOWM in units of the mean eigenvalue of the inputs' second moment.
     *
     * @param value not negative, and positive for OWM and DOWM
     * @return this builder
     * @throws IllegalArgumentException if the value is negative or not finite
     */
    public NclBuilder damping(double value) {
        damping = requireNonNegative("damping", value);
        dampingRelative = true;
        return this;
    }

    /**
     * Damping \( \alpha \) as it is, the default for OWM and DOWM with 0.001. For NCL it is that of the authors' code, where it lowers
     * the rate of the first task by \( (1 + \alpha \sqrt{N/p})^2 \).
     *
     * @param value not negative, and positive for OWM and DOWM
     * @return this builder
     * @throws IllegalArgumentException if the value is negative or not finite
     */
    public NclBuilder absoluteDamping(double value) {
        damping = requireNonNegative("absoluteDamping", value);
        dampingRelative = false;
        return this;
    }

    /**
     * How Fisher information is added to the prior; default {@link KroneckerSum#KL}, which suits recurrent networks. {@link
     * KroneckerSum#ADDITIVE} protects more and did better for feed-forward classifiers.
     *
     * @param value the kind of sum
     * @return this builder
     */
    public NclBuilder kroneckerSum(KroneckerSum value) {
        kroneckerSum = required("kroneckerSum", value);
        return this;
    }

    /**
     * Labels of the Fisher information; default null, which is {@link FisherLabels#EXACT} for at most 32 output units and {@link
     * FisherLabels#SAMPLED} for more.
     *
     * @param value the labels
     * @return this builder
     */
    public NclBuilder fisherLabels(@Nullable FisherLabels value) {
        fisherLabels = value;
        return this;
    }

    /**
     * Greatest number of examples for the Fisher information of a task, taken from the front of its data; default 0 for all.
     *
     * @param value not negative
     * @return this builder
     * @throws IllegalArgumentException if the value is negative
     */
    public NclBuilder fisherExamples(int value) {
        fisherExamples = (int) requireNonNegative("fisherExamples", value);
        return this;
    }

    /**
     * Factor of the precision of earlier tasks whenever one is added; default 1.
     *
     * @param value in (0, 1]
     * @return this builder
     * @throws IllegalArgumentException if the value is outside
     */
    public NclBuilder forgetting(double value) {
        if (!(value > 0 && value <= 1)) {
            throw new IllegalArgumentException(
                    "forgetting must be in (0, 1] but is %s; 1 forgets nothing".formatted(value));
        }
        forgetting = value;
        return this;
    }

    /**
     * Whether momentum starts from zero after a task; default true. The authors' code carries it over, and so does a layer of which nothing is
     * remembered, as all with {@link Ncl.Method#SGD}.
     *
     * @param value whether
     * @return this builder
     */
    public NclBuilder resetMomentum(boolean value) {
        resetMomentum = value;
        return this;
    }

    /**
     * Normalises factors of recurrent layers as the authors' code does, by one less than the steps of each sequence; default false:
     * moments are pooled over all valid steps.
     *
     * @param value whether
     * @return this builder
     */
    public NclBuilder referenceTimeNormalisation(boolean value) {
        referenceTimeNormalisation = value;
        return this;
    }

    /**
     * What is remembered of parameters that have no Kronecker factors; default {@link Ncl.Fallback#DIAGONAL}.
     *
     * @param value the fallback
     * @return this builder
     */
    public NclBuilder fallback(Ncl.Fallback value) {
        fallback = required("fallback", value);
        return this;
    }

    /**
     * Layers with more inputs or outputs have the fallback instead of Kronecker factors; default 5000.
     *
     * @param value positive
     * @return this builder
     * @throws IllegalArgumentException if the value is not positive
     */
    public NclBuilder maxDimension(long value) {
        maxDimension = (long) requirePositive("maxDimension", (double) value);
        return this;
    }

    /**
     * For streams without task boundaries: consolidates every n iterations on the batch at hand, whose Fisher information is weighted
     * by the share of N that was seen since; default 0 for never.
     *
     * @param value n, not negative
     * @return this builder
     * @throws IllegalArgumentException if the value is negative
     */
    public NclBuilder consolidateEvery(int value) {
        consolidateEvery = (int) requireNonNegative("consolidateEvery", value);
        return this;
    }

    /**
     * Seed of sampled labels and random signs; default 1.
     *
     * @param value any value
     * @return this builder
     */
    public NclBuilder seed(long value) {
        seed = value;
        return this;
    }

    /**
     * Builds the configuration.
     *
     * @return the configuration
     * @throws IllegalArgumentException if settings contradict each other
     */
    public Ncl build() {
        boolean metric = method == Ncl.Method.NCL || method == Ncl.Method.PROJECTION || isOrthogonal();
        if (step == Ncl.Step.ADAM && metric) {
            throw new IllegalArgumentException(
                    "step ADAM would undo the steps of method %s, which are shaped by what is remembered; use MOMENTUM, or method KFAC, EWC or SGD"
                            .formatted(method));
        }
        if (priorWeight != null && priorWeight > 0 && !hasPenalty()) {
            throw new IllegalArgumentException(
                    "priorWeight is %s but method %s has no penalty; leave it out, or use method NCL, KFAC or EWC"
                            .formatted(priorWeight, method));
        }
        if (isOrthogonal() && !(damping > 0)) {
            throw new IllegalArgumentException(
                    "damping must be positive for method %s but is %s; 0.001 is usual".formatted(method, damping));
        }
        return new Ncl(this);
    }

    private boolean isOrthogonal() {
        return method == Ncl.Method.OWM || method == Ncl.Method.DOWM;
    }

    private boolean hasPenalty() {
        return method == Ncl.Method.NCL || method == Ncl.Method.KFAC || method == Ncl.Method.EWC;
    }

    double resolvedPriorWeight() {
        if (priorWeight != null) {
            return priorWeight;
        }
        return hasPenalty() ? 1 : 0;
    }

    boolean resolvedDampingRelative() {
        return dampingRelative == null ? !isOrthogonal() : dampingRelative;
    }

    private static <T> T required(String name, @Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException("%s is null; leave it out for the default".formatted(name));
        }
        return value;
    }

    private static double requirePositive(String name, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "%s must be positive and finite but is %s; leave it out for the default".formatted(name, value));
        }
        return value;
    }

    private static double requireNonNegative(String name, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "%s must be finite and not negative but is %s; leave it out for the default"
                            .formatted(name, value));
        }
        return value;
    }
}
