/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

import io.github.dl4jcurvature.fisher.FisherEstimator;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.schedule.ISchedule;

/** Fluent builder of {@link FishLeg}; each setter checks its own argument, so that the stack trace points at the culprit. */
public final class FishLegBuilder {
    double learningRate = 0.1;

    @Nullable
    ISchedule learningRateSchedule;

    double auxiliaryLearningRate = 3e-3;

    @Nullable
    ISchedule auxiliaryLearningRateSchedule;

    double damping = 0.1;

    @Nullable
    ISchedule dampingSchedule;

    double momentum = 0.9;
    double weightDecay = 1e-5;
    FishLeg.Form form = FishLeg.Form.KRONECKER;
    FishLeg.Initialisation initialisation = FishLeg.Initialisation.SGD_STEP;
    double sgdLearningRate = 0.03;
    int updateEvery = 10;
    int auxiliarySteps = 1;
    int auxiliaryBatchSize = 100;
    FisherEstimator.Method fisherMethod = FisherEstimator.Method.GAUSS_NEWTON;
    double differenceStep;
    boolean preconditioned = true;
    double stepBound = 1;
    double auxiliaryFirstDecay = 0.9;
    double auxiliarySecondDecay = 0.999;
    double auxiliaryEpsilon = 1e-8;
    long seed = 1;
    boolean separateGates;
    long maxDimension = 10_000;
    List<String> includedLayers = List.of();
    List<String> excludedLayers = List.of();
    FishLeg.Probe probe = FishLeg.Probe.GRADIENT;
    int pretrainSteps;

    FishLegBuilder() {}

    /**
     * Learning rate \( \eta \); default 0.1.
     *
     * @param value positive
     * @return this builder
     * @throws IllegalArgumentException if the value is not positive and finite
     */
    public FishLegBuilder learningRate(double value) {
        learningRate = requirePositive("learningRate", value);
        return this;
    }

    /**
     * Schedule of the learning rate; replaces the fixed rate.
     *
     * @param schedule values must be positive
     * @return this builder
     */
    public FishLegBuilder learningRateSchedule(@Nullable ISchedule schedule) {
        learningRateSchedule = schedule;
        return this;
    }

    /**
     * Rate of Adam on the factors of \( Q \); default 0.003. 0 freezes \( Q \) at its initial value.
     *
     * @param value non-negative
     * @return this builder
     * @throws IllegalArgumentException if the value is negative or not finite
     */
    public FishLegBuilder auxiliaryLearningRate(double value) {
        auxiliaryLearningRate = requireNonNegative("auxiliaryLearningRate", value);
        return this;
    }

    /**
     * Schedule of the rate of Adam on the factors; replaces the fixed rate.
     *
     * @param schedule values must be non-negative
     * @return this builder
     */
    public FishLegBuilder auxiliaryLearningRateSchedule(@Nullable ISchedule schedule) {
        auxiliaryLearningRateSchedule = schedule;
        return this;
    }

    /**
     * Damping \( \gamma \) of the Fisher matrix; default 0.1.
     *
     * @param value positive
     * @return this builder
     * @throws IllegalArgumentException if the value is not positive and finite
     */
    public FishLegBuilder damping(double value) {
        damping = requirePositive("damping", value);
        return this;
    }

    /**
     * Schedule of the damping; replaces the fixed damping.
     *
     * @param schedule values must be positive
     * @return this builder
     */
    public FishLegBuilder dampingSchedule(@Nullable ISchedule schedule) {
        dampingSchedule = schedule;
        return this;
    }

    /**
     * Fraction \( \beta \) of the previous direction that is kept; default 0.9. The average is not corrected for its start
     * at zero, so the first steps are shorter.
     *
     * @param value in [0, 1)
     * @return this builder
     * @throws IllegalArgumentException if the value is out of range
     */
    public FishLegBuilder momentum(double value) {
        momentum = requireFraction("momentum", value);
        return this;
    }

    /**
     * Decoupled weight decay w; default 1e-5.
     *
     * @param value non-negative
     * @return this builder
     * @throws IllegalArgumentException if the value is negative or not finite
     */
    public FishLegBuilder weightDecay(double value) {
        weightDecay = requireNonNegative("weightDecay", value);
        return this;
    }

    /**
     * Shape of the inverse Fisher blocks; default {@link FishLeg.Form#KRONECKER}.
     *
     * @param value form
     * @return this builder
     */
    public FishLegBuilder form(FishLeg.Form value) {
        form = value;
        return this;
    }

    /**
     * Starts with \( Q = (\eta_0 / \eta) I \), so that the first step is that of gradient descent; the default with
     * \( \eta_0 = 0.03 \).
     *
     * @param rate \( \eta_0 \), a good rate of plain gradient descent, positive
     * @return this builder
     * @throws IllegalArgumentException if the rate is not positive and finite
     */
    public FishLegBuilder startAsSgd(double rate) {
        sgdLearningRate = requirePositive("sgdLearningRate", rate);
        initialisation = FishLeg.Initialisation.SGD_STEP;
        return this;
    }

    /**
     * Starts with \( Q = I / \gamma \).
     *
     * @return this builder
     */
    public FishLegBuilder startAsInverseDamping() {
        initialisation = FishLeg.Initialisation.INVERSE_DAMPING;
        return this;
    }

    /**
     * Starts with the diagonal \( 1 / (\overline{g^2} + \gamma) \) for the gradients g of the first batch's examples; for a
     * Kronecker block with the nearest product of a vector of outputs and one of inputs. For parameters of layers whose
     * examples cannot be told apart, the square of the mean gradient times the number of examples stands for the mean.
     *
     * @return this builder
     */
    public FishLegBuilder startAsInverseDiagonal() {
        initialisation = FishLeg.Initialisation.DIAGONAL;
        return this;
    }

    /**
     * Auxiliary steps with standard normal probes before the first step of the parameters; default 0.
     *
     * @param steps at least 0
     * @return this builder
     * @throws IllegalArgumentException if negative
     */
    public FishLegBuilder pretrain(int steps) {
        if (steps < 0) {
            throw new IllegalArgumentException("steps must be at least 0 but is %d; use 0 or more".formatted(steps));
        }
        pretrainSteps = steps;
        return this;
    }

    /**
     * Which vectors the blocks learn from; default {@link FishLeg.Probe#GRADIENT}.
     *
     * @param value probe
     * @return this builder
     */
    public FishLegBuilder probe(FishLeg.Probe value) {
        probe = value;
        return this;
    }

    /**
     * Whether each gate of an LSTM has a block of its own instead of one block for all; default false.
     *
     * @param value true to separate
     * @return this builder
     */
    public FishLegBuilder separateGates(boolean value) {
        separateGates = value;
        return this;
    }

    /**
     * Longest side of a weight matrix with a full factor; default 10 000. A longer side gets a diagonal factor.
     *
     * @param size at least 1
     * @return this builder
     * @throws IllegalArgumentException if less than 1
     */
    public FishLegBuilder maxDimension(int size) {
        maxDimension = requireCount("maxDimension", size);
        return this;
    }

    /**
     * Layers that get inverse Fisher blocks; all if this is not called.
     *
     * @param patterns regular expressions, each of which the whole name of at least one layer must match
     * @return this builder
     * @throws IllegalArgumentException if one is not a regular expression
     */
    public FishLegBuilder includeLayers(String... patterns) {
        includedLayers = requirePatterns(patterns);
        return this;
    }

    /**
     * Layers that are stepped by momentum alone; none if this is not called.
     *
     * @param patterns regular expressions for whole names of layers
     * @return this builder
     * @throws IllegalArgumentException if one is not a regular expression
     */
    public FishLegBuilder excludeLayers(String... patterns) {
        excludedLayers = requirePatterns(patterns);
        return this;
    }

    private static List<String> requirePatterns(String... patterns) {
        for (String pattern : patterns) {
            try {
                Pattern.compile(pattern);
            } catch (PatternSyntaxException e) {
                throw new IllegalArgumentException(
                        "pattern '%s' is not a regular expression (%s); quote special characters as in \\Qname\\E"
                                .formatted(pattern, e.getDescription()),
                        e);
            }
        }
        return List.of(patterns);
    }

    /**
     * Number of iterations from one auxiliary update to the next; default 10. The first comes after that many.
     *
     * @param iterations at least 1
     * @return this builder
     * @throws IllegalArgumentException if less than 1
     */
    public FishLegBuilder updateEvery(int iterations) {
        updateEvery = requireCount("updateEvery", iterations);
        return this;
    }

    /**
     * Number of auxiliary steps at each update, each on its own inputs; default 1.
     *
     * @param steps at least 1
     * @return this builder
     * @throws IllegalArgumentException if less than 1
     */
    public FishLegBuilder auxiliarySteps(int steps) {
        auxiliarySteps = requireCount("auxiliarySteps", steps);
        return this;
    }

    /**
     * Number of examples of a Fisher-vector product where inputs are drawn from a set; default 100.
     *
     * @param examples at least 1
     * @return this builder
     * @throws IllegalArgumentException if less than 1
     */
    public FishLegBuilder auxiliaryBatchSize(int examples) {
        auxiliaryBatchSize = requireCount("auxiliaryBatchSize", examples);
        return this;
    }

    /**
     * How Fisher-vector products are computed; default {@link FisherEstimator.Method#GAUSS_NEWTON}.
     *
     * @param value method
     * @return this builder
     */
    public FishLegBuilder fisherMethod(FisherEstimator.Method value) {
        fisherMethod = value;
        return this;
    }

    /**
     * Length of the step along the normalised direction in finite differences; default 0, which stands for a value that
     * suits the method and the network's data type.
     *
     * @param value non-negative
     * @return this builder
     * @throws IllegalArgumentException if the value is negative or not finite
     */
    public FishLegBuilder differenceStep(double value) {
        differenceStep = requireNonNegative("differenceStep", value);
        return this;
    }

    /**
     * Whether the residual of the auxiliary problem is multiplied by \( Q \) before the factors learn from it, an
     * approximate Newton direction; default true.
     *
     * @param value true to multiply
     * @return this builder
     */
    public FishLegBuilder preconditioned(boolean value) {
        preconditioned = value;
        return this;
    }

    /**
     * Bound \( \kappa \) of a step in the learned metric: the natural gradient is multiplied by \( \min(1, \sqrt{\kappa /
     * (\eta^2 \langle Q g, g \rangle)}) \), over all layers together; default 1.
     *
     * @param value positive; {@link Double#MAX_VALUE} switches the bound off
     * @return this builder
     * @throws IllegalArgumentException if the value is not positive
     */
    public FishLegBuilder stepBound(double value) {
        stepBound = requirePositive("stepBound", value);
        return this;
    }

    /**
     * Constants of Adam on the factors; defaults 0.9, 0.999 and 1e-8.
     *
     * @param firstDecay in [0, 1)
     * @param secondDecay in [0, 1)
     * @param epsilon positive
     * @return this builder
     * @throws IllegalArgumentException if a value is out of range
     */
    public FishLegBuilder auxiliaryAdam(double firstDecay, double secondDecay, double epsilon) {
        auxiliaryFirstDecay = requireFraction("firstDecay", firstDecay);
        auxiliarySecondDecay = requireFraction("secondDecay", secondDecay);
        auxiliaryEpsilon = requirePositive("epsilon", epsilon);
        return this;
    }

    /**
     * Seed of the draws of auxiliary inputs and labels; default 1.
     *
     * @param value any
     * @return this builder
     */
    public FishLegBuilder seed(long value) {
        seed = value;
        return this;
    }

    /**
     * Creates the configuration.
     *
     * @return an updater configuration for {@code NeuralNetConfiguration.Builder.updater}
     */
    public FishLeg build() {
        return new FishLeg(this);
    }

    private static double requirePositive(String name, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "%s must be positive and finite but is %s; choose a value above 0".formatted(name, value));
        }
        return value;
    }

    private static double requireNonNegative(String name, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "%s must be non-negative and finite but is %s; use 0 to switch it off".formatted(name, value));
        }
        return value;
    }

    private static double requireFraction(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(
                    "%s must lie in [0, 1) but is %s; use 0 to switch it off".formatted(name, value));
        }
        return value;
    }

    private static int requireCount(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("%s must be at least 1 but is %d; use 1 or more".formatted(name, value));
        }
        return value;
    }
}
