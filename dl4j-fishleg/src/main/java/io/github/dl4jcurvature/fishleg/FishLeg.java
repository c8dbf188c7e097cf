/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.github.dl4jcurvature.fisher.CurvatureConfiguration;
import io.github.dl4jcurvature.fisher.CurvatureMethod;
import io.github.dl4jcurvature.fisher.FisherEstimator;
import io.github.dl4jcurvature.fisher.LayerParameters;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Configuration of the FishLeg optimiser, a natural gradient whose inverse Fisher matrix is learned while training.
 *
 * <p>For the mean gradient \( g \) of a batch,
 *
 * <p>\[ m \leftarrow \beta m + (1 - \beta)\, Q(\lambda) g, \qquad \theta \leftarrow \theta - \eta (m + w \theta), \]
 *
 * <p>where \( Q(\lambda) \approx (F + \gamma I)^{-1} \) is symmetric positive definite by construction and block diagonal, one
 * block for the weights and biases of each layer. Every few iterations Adam takes a step on \( \lambda \) that decreases
 *
 * <p>\[ A(\lambda; u) = \tfrac12 v^\top F v + \tfrac12 \gamma v^\top v - u^\top v, \qquad v = Q(\lambda) u, \quad u = g, \]
 *
 * <p>whose minimum is at \( v = (F + \gamma I)^{-1} u \). The product \( F v \) needs no matrix: see {@link FisherEstimator.Method}.
 *
 * <p>Use it as any updater of the host, and add the listener that shows it the network:
 *
 * <pre>{@code
 * new NeuralNetConfiguration.Builder().updater(new FishLeg(0.1)) ...
 * network.init();
 * network.addListeners(new CurvatureListener());
 * }</pre>
 *
 * <p>Dense and output layers, convolutions, SimpleRnn and LSTM have blocks over weights and biases together, embeddings
 * too with a diagonal side for their inputs; gains and biases of normalisation and all other parameters have a diagonal Q.
 * Layers that are excluded by name are stepped with \( Q = q_0 I \), that is by momentum with the rate \( \eta q_0 \). The loss of the network must be one of softmax with MCXENT, sigmoid with XENT,
 * identity with MSE or L2. Rates are those of a loss that is a mean over examples and a sum over outputs and time steps.
 *
 * <p>State in units of the parameters' type: momentum, \( \lambda \) and two moments of \( \lambda \), where \( \lambda \)
 * has \( o^2 + (i+1)^2 \) elements for a layer of i inputs and o outputs ({@link Form#KRONECKER}).
 *
 * <p>Source: Garcia, Freddi, Fotiadis, Li, Vakili, Bernacchia, Hennequin: Fisher-Legendre (FishLeg) optimization of deep
 * neural networks. ICLR 2023.
 */
public final class FishLeg implements CurvatureConfiguration {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(FishLeg.class);

    /** Shape of the inverse Fisher blocks. */
    public enum Form {
        /** \( Q U = R^\top R\, U\, L L^\top \); applied at the rank of the batch. */
        KRONECKER,
        /** \( Q U = S \circ (R^\top R (S \circ U) L L^\top) \); more expressive and several times as costly. */
        SCALED_KRONECKER
    }

    /** Which vectors u the inverse Fisher blocks learn from. */
    public enum Probe {
        /** The mean gradient of the batch. */
        GRADIENT,
        /** An exponential average of the gradient, with the decay of the momentum. */
        GRADIENT_AVERAGE,
        /** Standard normal vectors: Q becomes accurate in all directions, not only in those of gradients. */
        GAUSSIAN
    }

    /** What determines the initial \( Q \), by default its scale \( q_0 \) in \( Q = q_0 I \). */
    public enum Initialisation {
        /** \( q_0 = \eta_0 / \eta \): the first step equals that of gradient descent with the rate \( \eta_0 \). */
        SGD_STEP,
        /** \( q_0 = 1 / \gamma \). */
        INVERSE_DAMPING,
        /**
         * The diagonal of Q is \( 1 / (\overline{g^2} + \gamma) \), as near as the form of a block allows, with the mean
         * square of the gradients of the first batch's examples.
         */
        DIAGONAL
    }

    private double learningRate; // the host changes it through setLrAndSchedule
    private @Nullable ISchedule learningRateSchedule;
    private final double auxiliaryLearningRate;
    private @Nullable ISchedule auxiliaryLearningRateSchedule;
    private final double damping;
    private @Nullable ISchedule dampingSchedule;
    private final double momentum;
    private final double weightDecay;
    private final Form form;
    private final Initialisation initialisation;
    private final double sgdLearningRate;
    private final int updateEvery;
    private final int auxiliarySteps;
    private final int auxiliaryBatchSize;
    private final FisherEstimator.Method fisherMethod;
    private final double differenceStep;
    private final boolean preconditioned;
    private final double stepBound;
    private final double auxiliaryFirstDecay;
    private final double auxiliarySecondDecay;
    private final double auxiliaryEpsilon;
    private final long seed;
    private final boolean separateGates;
    private final long maxDimension;
    private final List<String> includedLayers;
    private final List<String> excludedLayers;
    private final Probe probe;
    private final int pretrainSteps;
    private @Nullable BlockPlan plan;

    /** Creates a configuration with all defaults; also for deserialisation. */
    public FishLeg() {
        this(builder());
    }

    /**
     * Creates a configuration with defaults but for the learning rate.
     *
     * @param learningRate \( \eta \), positive
     */
    public FishLeg(double learningRate) {
        this(builder().learningRate(learningRate));
    }

    FishLeg(FishLegBuilder values) {
        learningRate = values.learningRate;
        learningRateSchedule = values.learningRateSchedule;
        auxiliaryLearningRate = values.auxiliaryLearningRate;
        auxiliaryLearningRateSchedule = values.auxiliaryLearningRateSchedule;
        damping = values.damping;
        dampingSchedule = values.dampingSchedule;
        momentum = values.momentum;
        weightDecay = values.weightDecay;
        form = values.form;
        initialisation = values.initialisation;
        sgdLearningRate = values.sgdLearningRate;
        updateEvery = values.updateEvery;
        auxiliarySteps = values.auxiliarySteps;
        auxiliaryBatchSize = values.auxiliaryBatchSize;
        fisherMethod = values.fisherMethod;
        differenceStep = values.differenceStep;
        preconditioned = values.preconditioned;
        stepBound = values.stepBound;
        auxiliaryFirstDecay = values.auxiliaryFirstDecay;
        auxiliarySecondDecay = values.auxiliarySecondDecay;
        auxiliaryEpsilon = values.auxiliaryEpsilon;
        seed = values.seed;
        separateGates = values.separateGates;
        maxDimension = values.maxDimension;
        includedLayers = List.copyOf(values.includedLayers);
        excludedLayers = List.copyOf(values.excludedLayers);
        probe = values.probe;
        pretrainSteps = values.pretrainSteps;
    }

    private static @Nullable ISchedule copy(@Nullable ISchedule schedule) {
        return schedule == null ? null : schedule.clone();
    }

    /**
     * Starts a configuration from the defaults.
     *
     * @return a builder
     */
    public static FishLegBuilder builder() {
        return new FishLegBuilder();
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
    public void setLrAndSchedule(double lr, @Nullable ISchedule lrSchedule) {
        learningRate = lr;
        learningRateSchedule = lrSchedule;
    }

    double auxiliaryLearningRate(int iteration, int epoch) {
        return auxiliaryLearningRateSchedule == null
                ? auxiliaryLearningRate
                : auxiliaryLearningRateSchedule.valueAt(iteration, epoch);
    }

    /** Whether the factors of Q can change at all. */
    boolean mayLearn() {
        return auxiliaryLearningRateSchedule != null || auxiliaryLearningRate > 0;
    }

    double damping(int iteration, int epoch) {
        return dampingSchedule == null ? damping : dampingSchedule.valueAt(iteration, epoch);
    }

    /** The scale \( q_0 \) of the initial \( Q \). */
    double initialScale() {
        double scale = switch (initialisation) {
            case SGD_STEP -> sgdLearningRate / getLearningRate(0, 0);
            case INVERSE_DAMPING, DIAGONAL -> 1 / damping(0, 0);
        };
        if (!(scale > 0 && scale < Double.POSITIVE_INFINITY)) {
            throw new IllegalStateException(
                    "scale of the initial Q must be positive and finite but is %s with the start %s; let the schedules of learning rate and damping start above 0"
                            .formatted(scale, initialisation));
        }
        return scale;
    }

    double momentum() {
        return momentum;
    }

    double weightDecay() {
        return weightDecay;
    }

    int updateEvery() {
        return updateEvery;
    }

    int auxiliarySteps() {
        return auxiliarySteps;
    }

    int auxiliaryBatchSize() {
        return auxiliaryBatchSize;
    }

    FisherEstimator.Method fisherMethod() {
        return fisherMethod;
    }

    double differenceStep() {
        return differenceStep;
    }

    boolean preconditioned() {
        return preconditioned;
    }

    double stepBound() {
        return stepBound;
    }

    FactorAdam auxiliaryAdam() {
        return new FactorAdam(auxiliaryFirstDecay, auxiliarySecondDecay, auxiliaryEpsilon);
    }

    long seed() {
        return seed;
    }

    Initialisation initialisation() {
        return initialisation;
    }

    Probe probe() {
        return probe;
    }

    int pretrainSteps() {
        return pretrainSteps;
    }

    List<String> includedLayers() {
        return includedLayers;
    }

    /** Whether a layer gets inverse Fisher blocks. */
    private boolean covers(String layer) {
        return (includedLayers.isEmpty() || includedLayers.stream().anyMatch(layer::matches))
                && excludedLayers.stream().noneMatch(layer::matches);
    }

    @Nullable
    BlockPlan plan() {
        return plan;
    }

    @Override
    public boolean assignTo(LayerParameters layer) {
        BlockShape shape = covers(layer.layer()) ? new BlockShape(form, separateGates, maxDimension) : null;
        BlockPlan fresh = BlockPlan.of(layer, shape, probe == Probe.GRADIENT_AVERAGE);
        if (fresh.equals(plan)) {
            return false;
        }
        if (plan != null) {
            LOG.warn("FishLeg was configured for {} but now governs {}; its state starts afresh", plan, fresh);
        }
        plan = fresh;
        return true;
    }

    @Override
    public boolean wantsTrainingFactors(long rows) {
        return plan == null ? form == Form.KRONECKER : plan.isRankCheaper(rows);
    }

    @Override
    public CurvatureMethod newMethod() {
        return new FishLegMethod();
    }

    @Override
    public long stateSize(long numParams) {
        return plan == null ? 0 : plan.stateSize(numParams);
    }

    @Override
    public GradientUpdater<FishLeg> instantiate(@Nullable INDArray viewArray, boolean initializeViewArray) {
        FishLegUpdater updater = new FishLegUpdater(this);
        if (viewArray != null) {
            updater.setStateViewArray(viewArray, new long[] {viewArray.length()}, 'c', initializeViewArray);
        }
        return updater;
    }

    @Override
    public GradientUpdater<FishLeg> instantiate(Map<String, INDArray> updaterState, boolean initializeStateArrays) {
        FishLegUpdater updater = new FishLegUpdater(this);
        updater.setState(updaterState, initializeStateArrays);
        return updater;
    }

    @Override
    public FishLeg clone() {
        try {
            FishLeg copy = (FishLeg) super.clone(); // the plan and all else are immutable
            copy.learningRateSchedule = copy(learningRateSchedule);
            copy.auxiliaryLearningRateSchedule = copy(auxiliaryLearningRateSchedule);
            copy.dampingSchedule = copy(dampingSchedule);
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new AssertionError("an updater configuration is cloneable", e);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FishLeg that && values().equals(that.values()) && Objects.equals(plan, that.plan);
    }

    @Override
    public int hashCode() {
        return values().hashCode();
    }

    private List<?> values() {
        return Arrays.asList(
                learningRate,
                learningRateSchedule,
                momentum,
                weightDecay,
                form,
                initialisation,
                sgdLearningRate,
                separateGates,
                maxDimension,
                includedLayers,
                excludedLayers,
                auxiliarySettings());
    }

    /** What must be the same in all layers of a network. */
    List<?> auxiliarySettings() {
        return Arrays.asList(
                auxiliaryLearningRate,
                auxiliaryLearningRateSchedule,
                damping,
                dampingSchedule,
                updateEvery,
                auxiliarySteps,
                auxiliaryBatchSize,
                fisherMethod,
                differenceStep,
                preconditioned,
                stepBound,
                auxiliaryFirstDecay,
                auxiliarySecondDecay,
                auxiliaryEpsilon,
                seed,
                probe,
                pretrainSteps);
    }

    @Override
    public String toString() {
        return "FishLeg(learningRate=%s, auxiliaryLearningRate=%s, damping=%s, form=%s, updateEvery=%d, fisherMethod=%s)"
                .formatted(
                        learningRateSchedule == null ? learningRate : learningRateSchedule,
                        auxiliaryLearningRateSchedule == null ? auxiliaryLearningRate : auxiliaryLearningRateSchedule,
                        dampingSchedule == null ? damping : dampingSchedule,
                        form,
                        updateEvery,
                        fisherMethod);
    }
}
