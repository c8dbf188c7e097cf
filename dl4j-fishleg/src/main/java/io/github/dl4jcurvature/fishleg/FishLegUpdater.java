/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.util.Map;

import io.github.dl4jcurvature.fisher.CurvatureBlock;
import io.github.dl4jcurvature.fisher.StateArray;
import io.github.dl4jcurvature.linalg.Gemm;
import io.github.dl4jcurvature.linalg.MatrixView;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;

/**
 * Steps the parameters of one layer: momentum over natural gradients that {@link FishLegMethod} prepares for the whole
 * network.
 */
final class FishLegUpdater implements GradientUpdater<FishLeg> {
    private static final StateArray STATE = new StateArray("FishLeg", "FISHLEG");

    private final FishLeg config;
    private Map<String, INDArray> unplanned = Map.of();
    private @Nullable INDArray view;
    private @Nullable FishLegState state;
    private @Nullable CurvatureBlock bound;
    private @Nullable FishLegBlock block;
    private @Nullable FishLegMethod method;
    private @Nullable BlockVector naturalGradient;
    private @Nullable MatrixView momentum;
    private @Nullable MatrixView parameters;
    private double stepScale;
    private boolean prepared;
    private int preparedIteration;

    FishLegUpdater(FishLeg config) {
        this.config = config;
    }

    @Override
    public FishLeg getConfig() {
        return config;
    }

    @Override
    public void setState(Map<String, INDArray> stateMap, boolean initialize) {
        if (config.plan() == null) {
            unplanned = Map.copyOf(stateMap); // of a graph, until its listener knows what the state is of
            return;
        }
        INDArray array = STATE.only(stateMap);
        setStateViewArray(array, new long[] {array.length()}, 'c', initialize);
    }

    @Override
    public Map<String, INDArray> getState() {
        return view == null ? unplanned : Map.of(STATE.key(), view);
    }

    @Override
    public void setStateViewArray(
            @Nullable INDArray viewArray, long[] gradientShape, char gradientOrder, boolean initialize) {
        if (viewArray == null) {
            return; // a graph has no state before its listener has seen it
        }
        BlockPlan plan = STATE.planned(config.plan(), viewArray);
        INDArray flat = STATE.checked(viewArray, plan.allocated(), plan);
        view = flat;
        state = new FishLegState(plan, flat);
        if (initialize) {
            flat.assign(0);
            state.initialScale(config.initialScale());
            initialise(plan, state.factors());
        }
    }

    private void initialise(BlockPlan plan, INDArray factors) {
        long start = 0;
        for (SubBlockPlan block : plan.blocks()) {
            block.inverse(Factors.slice(factors, start, block.factors())).initialise(config.initialScale());
            start += block.factors();
        }
    }

    /** The state, once the host has provided memory for it. */
    FishLegState state() {
        if (state == null) {
            throw new IllegalStateException(withoutListener());
        }
        return state;
    }

    /** The part of FishLeg that works on the whole network. */
    FishLegMethod method() {
        if (method == null) {
            throw new IllegalStateException(withoutListener());
        }
        return method;
    }

    /** The problem that the factors of this block's network learn from. */
    AuxiliaryProblem auxiliaryProblem() {
        return method().auxiliaryProblem();
    }

    void bind(CurvatureBlock parametersBlock, FishLegBlock inverse, FishLegMethod network) {
        bound = parametersBlock;
        block = inverse;
        method = network;
        momentum = MatrixView.of(state().momentum());
        parameters = MatrixView.of(parametersBlock.values());
        if (parametersBlock.mask() != null) {
            state().momentum().muli(parametersBlock.mask());
        }
    }

    /**
     * Hands over the natural gradient of one iteration.
     *
     * @param iteration iteration for which it is valid
     * @param gradient Q g of this block, not yet bounded
     * @param scale factor of the step bound
     */
    void prepare(int iteration, BlockVector gradient, double scale) {
        prepared = true;
        preparedIteration = iteration;
        naturalGradient = gradient;
        stepScale = scale;
    }

    @Override
    public void applyUpdater(INDArray gradient, int iteration, int epoch) {
        if (bound == null || block == null || naturalGradient == null || momentum == null || parameters == null) {
            throw new IllegalStateException(withoutListener());
        }
        if (!prepared || preparedIteration != iteration) {
            throw new IllegalStateException(
                    "FishLeg of layer '%s' was last shown iteration %d but must step iteration %d; the CurvatureListener is no longer among the network's listeners (setListeners replaces them): add it again"
                            .formatted(block.layer(), preparedIteration, iteration));
        }
        prepared = false;
        MatrixView update = MatrixView.of(gradient);
        MatrixView natural = naturalGradient.view();
        if (bound.gradientTransformed()) {
            block.multiply(gradient); // regularised or clipped by the host since it was shown
            natural = update;
        }
        Gemm.scale(config.momentum(), momentum); // beta m
        Gemm.axpy((1 - config.momentum()) * stepScale, natural, momentum); // + (1 - beta) s Q g
        double rate = config.getLearningRate(iteration, epoch);
        gradient.assign(state().momentum());
        Gemm.scale(rate, update); // eta m
        if (config.weightDecay() > 0) {
            Gemm.axpy(rate * config.weightDecay(), parameters, update); // + eta w theta; the host subtracts it
        }
        state().countStep();
        requireFinite(update, block, iteration);
    }

    private void requireFinite(MatrixView update, FishLegBlock stepping, int iteration) {
        double squared = Gemm.dot(update, update);
        if (!Double.isFinite(squared)) {
            method().undo();
            throw new ArithmeticException(
                    "the step of layer '%s' at iteration %d is not finite (its squared norm is %s); the parameters and the state are unchanged: lower the learning rate or the weight decay, or raise the damping"
                            .formatted(stepping.layer(), iteration, squared));
        }
    }

    private String withoutListener() {
        BlockPlan plan = config.plan();
        String layer = plan == null ? "a layer" : "layer '" + plan.layer() + "'";
        return "FishLeg of %s has not been shown its network; add the listener after init(), clone() or loading: network.addListeners(new CurvatureListener()), or to a SameDiff graph: graph.addListeners(SameDiffCurvatureListener.builder()...build())"
                .formatted(layer);
    }
}
