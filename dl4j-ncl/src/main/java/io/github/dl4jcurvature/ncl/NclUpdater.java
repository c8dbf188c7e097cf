/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.Map;

import io.github.dl4jcurvature.fisher.CurvatureBlock;
import io.github.dl4jcurvature.fisher.StateArray;
import io.github.dl4jcurvature.linalg.Gemm;
import io.github.dl4jcurvature.linalg.MatrixView;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;

/** Steps the parameters of one layer for the host. */
final class NclUpdater implements GradientUpdater<Ncl> {
    private static final StateArray STATE = new StateArray("Ncl", "NCL");

    private final Ncl config;
    private Map<String, INDArray> unplanned = Map.of();
    private @Nullable INDArray view;
    private @Nullable NclState state;
    private @Nullable CurvatureBlock bound;
    private @Nullable NclLayer layer;
    private int shown = -1;
    private Runnable undo = () -> {};

    NclUpdater(Ncl config) {
        this.config = config;
    }

    @Override
    public Ncl getConfig() {
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
        LayerPlan plan = STATE.planned(config.plan(), viewArray);
        INDArray flat = STATE.checked(viewArray, plan.allocated(), plan);
        view = flat;
        state = new NclState(plan, flat);
        if (initialize) {
            flat.assign(0);
            NclLayer.initialise(config, plan, state);
        }
        reload();
    }

    /** Ties the updater to the parameters of its layer; what is remembered is read from the state. */
    @SuppressWarnings("try") // workspace scope
    void bind(CurvatureBlock block) {
        LayerPlan plan = config.plan();
        if (plan == null || state == null) {
            throw new IllegalStateException(withoutListener());
        }
        if (layer != null && bound != null && isSame(bound, block)) {
            return;
        }
        bound = block;
        layer = null;
        try (MemoryWorkspace detached = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            layer = new NclLayer(config, plan, state, block.values(), block.mask());
        }
    }

    /** Whether two descriptions are of the same memory, none of which is held at zero. */
    private static boolean isSame(CurvatureBlock left, CurvatureBlock right) {
        return left.mask() == null
                && right.mask() == null
                && left.values().length() == right.values().length()
                && left.values().offset() == right.values().offset()
                && left.values().data().address() == right.values().data().address();
    }

    /** Drops what was not committed to the state. */
    void reload() {
        layer = null;
        if (bound != null) {
            bind(bound);
        }
    }

    /** The layer, once it is bound. */
    NclLayer layer() {
        if (layer == null) {
            throw new IllegalStateException(withoutListener());
        }
        return layer;
    }

    boolean isBound() {
        return layer != null;
    }

    /**
     * Notes that the gradient of an iteration has been checked.
     *
     * @param whole takes back what the iteration has changed in all layers, in case the step turns out not to be finite
     */
    void show(int iteration, Runnable whole) {
        shown = iteration;
        undo = whole;
    }

    /** Keeps the state as it is before an iteration. */
    void keep(boolean everything) {
        layer().state().keep(everything);
    }

    /** Goes back to the state that was kept last. */
    void undo() {
        layer().state().undo();
        reload();
    }

    @Override
    public void applyUpdater(INDArray gradient, int iteration, int epoch) {
        NclLayer present = layer();
        if (shown != iteration) {
            throw new IllegalStateException(
                    "Ncl of %s was last shown iteration %d but must step iteration %d; the CurvatureListener is no longer among the network's listeners (setListeners replaces them): add it again"
                            .formatted(config.plan(), shown, iteration));
        }
        shown = -1;
        try {
            present.update(gradient, iteration, epoch);
            requireFinite(gradient, iteration);
        } catch (RuntimeException refused) {
            undo.run();
            throw refused;
        }
    }

    private void requireFinite(INDArray gradient, int iteration) {
        MatrixView step = MatrixView.of(gradient.reshape(gradient.length()));
        double squared = Gemm.dot(step, step);
        if (!Double.isFinite(squared)) {
            throw new ArithmeticException(
                    "the step of %s at iteration %d is not finite (its squared norm is %s); the network is unchanged: lower the learning rate, or look for an extreme prior precision, damping or data size"
                            .formatted(config.plan(), iteration, squared));
        }
    }

    private String withoutListener() {
        LayerPlan plan = config.plan();
        String name = plan == null ? "a layer" : "layer '" + plan.layer() + "'";
        return "Ncl of %s has not been shown its network; add the listener after init(), clone() or loading: network.addListeners(new CurvatureListener()), or to a SameDiff graph: graph.addListeners(SameDiffCurvatureListener.builder()...build())"
                .formatted(name);
    }
}
